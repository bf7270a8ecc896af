/**
 * Agent loop: a turn, from the user's message to the agent's final response.
 *
 * model call -> its tool calls side by side -> their results to the model -> ... -> final response.
 * An answer within the iteration limit is an answer; the tools of the last allowed reply are not run.
 * Every tool call is followed by exactly one tool message, whatever ends the turn.
 *
 * @module
 */
import { CancelledFailure } from '@temporalio/workflow';
import type { Agent, AgentWorkflowDefinition, ModelReply, OpenCallJson, OpenTurnJson } from '../../agent';
import { AgentError, AgentInput, AgentOutput, LIMITS, type RunInput, type RunResult } from '../../protocol';
import { isRunCancelled } from '../failure';
import { askModel } from './model-call';
import { OpenTurn, type TurnLimits } from './open-turn';
import type { Run } from '../run';
import { runStep } from './step';
import { structuredOutcome } from './structured-outcome';

/** @param open A turn that is gone on with: its user message and first steps are in the transcript already. */
export async function runTurn(
  run: Run,
  definition: AgentWorkflowDefinition,
  input: RunInput,
  open?: OpenTurnJson,
): Promise<RunResult> {
  for (const message of input.chatHistory ?? []) run.transcript.append(message);
  if (input.userMsg !== undefined) run.transcript.append({ role: 'user', content: input.userMsg });

  const { maxIterations = definition.maxIterations, earlyStoppingMethod = definition.earlyStoppingMethod } =
    open ?? input;
  const turn = new OpenTurn({ maxIterations, earlyStoppingMethod }, open);
  run.turn = turn;
  const { response, agent } = await runSteps(run, definition, turn, open?.calls ?? []);
  const structuredResponse = await structuredOutcome(run, definition, agent);
  run.turn = undefined;
  return {
    response,
    agent: agent.name,
    toolCalls: turn.toolCalls.slice(-LIMITS.resultToolCalls),
    ...(structuredResponse === undefined ? {} : { structuredResponse }),
  };
}

interface TurnOutcome {
  readonly response: string;
  readonly agent: Agent;
}

/** @param from What the calls of the last reply did elsewhere, when they are gone on with. */
async function runSteps(
  run: Run,
  definition: AgentWorkflowDefinition,
  turn: OpenTurn,
  from: readonly OpenCallJson[],
): Promise<TurnOutcome> {
  let resumed = from;
  for (;;) {
    const agent = definition.agents.get(run.agent ?? definition.rootAgent) as Agent;
    if (resumed.length === 0) {
      const reply = await nextReply(run, definition, agent, turn);
      if (reply.toolCalls === undefined) return { response: reply.content, agent };
      if (turn.used >= turn.limits.maxIterations) {
        return { response: await lastWord(run, definition, agent, turn.limits), agent };
      }
    }
    const { outcomes, direct, nextAgent } = await runStep(run, agent, turn, resumed);
    resumed = [];
    // A tool may have swallowed the cancellation that ended its wait.
    if (isRunCancelled()) throw new CancelledFailure('The run was cancelled');
    for (const { call, content, isError } of outcomes) {
      run.transcript.append({ role: 'tool', toolCallId: call.id, content });
      turn.toolCalls.push({ toolId: call.id, toolName: call.name, isError });
    }
    if (direct !== undefined) {
      run.transcript.append({ role: 'assistant', content: direct.content });
      return { response: direct.content, agent };
    }
    run.agent = nextAgent;
  }
}

async function nextReply(
  run: Run,
  definition: AgentWorkflowDefinition,
  agent: Agent,
  turn: OpenTurn,
): Promise<ModelReply> {
  run.begin(agent.name);
  turn.used += 1;
  run.log.append(AgentInput({ agent: agent.name, upTo: run.transcript.length }));
  return record(run, agent, await askModel(run, definition, agent));
}

function record(run: Run, agent: Agent, reply: ModelReply): ModelReply {
  const { content, toolCalls = [] } = reply;
  run.transcript.append(
    toolCalls.length === 0 ? { role: 'assistant', content } : { role: 'assistant', content, toolCalls },
  );
  run.log.append(
    AgentOutput({
      agent: agent.name,
      response: content,
      toolCalls: toolCalls.map(({ id, name, args }) => ({ toolId: id, toolName: name, toolKwargs: args })),
    }),
  );
  return reply;
}

/** The steps are used up. */
async function lastWord(
  run: Run,
  definition: AgentWorkflowDefinition,
  agent: Agent,
  { maxIterations, earlyStoppingMethod }: TurnLimits,
): Promise<string> {
  run.transcript.closeCalls(`Not run: the limit of ${maxIterations} steps was reached.`);
  if (earlyStoppingMethod === 'generate') {
    const { content } = await askModel(run, definition, agent, 'final');
    return record(run, agent, { content }).content;
  }
  throw new AgentError(
    'MAX_ITERATIONS',
    `The model still called tools in its reply number ${maxIterations}, which is the limit. Raise maxIterations, or see on the stream whether it goes in circles.`,
    { maxIterations },
  );
}
