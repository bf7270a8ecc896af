/**
 * Step: the tool calls of one reply, side by side.
 *
 * A handoff waits for the other calls, because one of them may end the turn. At most one handoff is done.
 *
 * @module
 */
import { HANDOFF_TOOL, handoffDone, handoffRefused, type Agent } from '../../agent';
import { LIMITS, type ModelToolCall, type OpenCallJson } from '../../protocol';
import type { OpenCall, OpenTurn, ToolOutput } from './open-turn';
import type { Thread } from './thread';
import { callOutput, runToolCall, type ToolOutcome } from './tool-call';

export interface StepOutcome {
  /** In the order of the calls. */
  readonly outcomes: readonly ToolOutcome[];
  /** The outcome of a `returnDirect` tool, which is the response of the turn. */
  readonly direct?: ToolOutcome;
  readonly nextAgent: string;
}

/** @param from What resumed calls did before, in their order. */
export async function runStep(
  thread: Thread,
  agent: Agent,
  turn: OpenTurn,
  from: readonly OpenCallJson[],
): Promise<StepOutcome> {
  const calls = thread.transcript.openCalls();
  const idOf = (call: ModelToolCall): string => thread.callId(calls.indexOf(call));
  turn.beginCalls(calls.map(idOf), from, (problem) => thread.run.stop(problem));
  let nextAgent = agent.name;
  const isHandoff = (call: ModelToolCall): boolean =>
    call.name === HANDOFF_TOOL && call.problem === undefined && agent.handoffTargets.length > 0;

  let others: Promise<readonly ToolOutcome[]> = Promise.resolve([]);
  const handOff = async (call: ModelToolCall): Promise<ToolOutput> => {
    const { to_agent: to, reason } = call.args as { readonly to_agent: string; readonly reason: string };
    const hasDirect = (await others).some(({ returnDirect }) => returnDirect);
    if (hasDirect)
      return { content: 'Nothing was handed over: another tool of this reply ended the turn.', isError: false };
    if (nextAgent !== agent.name)
      return { content: `Agent ${nextAgent} has the conversation already.`, isError: false };
    if (!agent.handoffTargets.some(({ name }) => name === to)) {
      return { content: handoffRefused(agent.name, to, agent.handoffTargets), isError: false };
    }
    nextAgent = to;
    return { content: handoffDone(to, reason), isError: false };
  };

  const running = new Map<ModelToolCall, Promise<ToolOutcome>>();
  const start = (call: ModelToolCall, output: (open: OpenCall) => Promise<ToolOutput>): void => {
    const open = turn.call(idOf(call));
    running.set(
      call,
      runToolCall(thread, agent, call, open, () => output(open)),
    );
  };
  const allowed = new Set(calls.slice(0, LIMITS.callsPerReply));
  for (const call of calls.filter((one) => !isHandoff(one))) {
    start(call, (open) => (allowed.has(call) ? callOutput(thread, agent, call, open.body) : tooMany()));
  }
  const handoffs = calls.filter(isHandoff);
  if (handoffs.length > 0) {
    others = Promise.all(running.values());
    others.catch(() => undefined); // An error that ends the run is thrown below.
  }
  for (const call of handoffs) start(call, () => handOff(call));
  const outcomes = await Promise.all(calls.map((call) => running.get(call) as Promise<ToolOutcome>));
  const direct = outcomes.find(({ returnDirect }) => returnDirect);
  return { outcomes, nextAgent, ...(direct === undefined ? {} : { direct }) };
}

async function tooMany(): Promise<ToolOutput> {
  return { content: `Not run: at most ${LIMITS.callsPerReply} tools can be called in one reply.`, isError: true };
}
