/**
 * Step: the tool calls of one model reply, side by side.
 *
 * A handoff waits for the other calls of its reply: what they give decides whether there is anything
 * left to hand over. At most one handoff of a reply is done.
 *
 * @module
 */
import { HANDOFF_TOOL, handedOver, notHandedOver, type Agent, type ModelToolCall } from '../agent';
import type { Run } from './run';
import { callOutput, runToolCall, type ToolOutcome, type ToolOutput } from './tool-call';

export interface StepOutcome {
  /** In the order of the calls. */
  readonly outcomes: readonly ToolOutcome[];
  /** The output of a `returnDirect` tool: the response of the turn. */
  readonly direct?: ToolOutcome;
  /** The agent that goes on. */
  readonly nextAgent: string;
}

/** @param stepId Prefix of the calls' ids. */
export async function runStep(run: Run, agent: Agent, calls: readonly ModelToolCall[], stepId: string): Promise<StepOutcome> {
  let nextAgent = agent.name;
  const ids = new Map(calls.map((call, nth) => [call, `${stepId}.${nth}`]));
  const isHandoff = (call: ModelToolCall): boolean =>
    call.name === HANDOFF_TOOL && call.problem === undefined && agent.handoffTargets.length > 0;

  let others: Promise<readonly ToolOutcome[]> = Promise.resolve([]);
  const handOver = async (call: ModelToolCall): Promise<ToolOutput> => {
    const { to_agent: to, reason } = call.args as { readonly to_agent: string; readonly reason: string };
    const hasDirect = (await others).some(({ returnDirect }) => returnDirect);
    if (hasDirect) return { content: 'Nothing was handed over: another tool of this reply ended the turn.', isError: false };
    if (nextAgent !== agent.name) return { content: `Agent ${nextAgent} has the conversation already.`, isError: false };
    if (!agent.handoffTargets.some(({ name }) => name === to)) {
      return { content: notHandedOver(agent.name, to, agent.handoffTargets), isError: false };
    }
    nextAgent = to;
    return { content: handedOver(to, reason), isError: false };
  };

  const running = new Map(
    calls.map((call) => {
      const callId = ids.get(call) as string;
      return [call, runToolCall(run, agent, call, callId, () => (isHandoff(call) ? handOver(call) : callOutput(run, agent, call, callId)))];
    }),
  );
  others = Promise.all(calls.filter((call) => !isHandoff(call)).map((call) => running.get(call) as Promise<ToolOutcome>));
  others.catch(() => undefined); // What ends the run is thrown below, once.
  const outcomes = await Promise.all(running.values());
  const direct = outcomes.find(({ returnDirect }) => returnDirect);
  return { outcomes, nextAgent, ...(direct === undefined ? {} : { direct }) };
}
