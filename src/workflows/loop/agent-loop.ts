/**
 * Agent loop: a turn, from the user's message to the final response.
 *
 * Each step calls the model, runs the reply's tool calls side by side and appends their results, until a reply calls no
 * tools. At the iteration limit the tools of a reply are not run; a reply without tools still ends the turn. Exactly one
 * tool message follows every tool call, whatever ends the turn.
 *
 * @module
 */
import { CancelledFailure } from '@temporalio/workflow';
import type { Agent } from '../../agent';
import {
  AgentError,
  AgentInput,
  AgentOutput,
  LIMITS,
  type RunInput,
  type RunResult,
  type Message,
  type ModelReply,
  type OpenCallJson,
  type OpenTurnJson,
} from '../../protocol';
import { isRunCancelled } from '../link/failure';
import { checkedReply } from './checked-reply';
import { makeRoom } from './make-room';
import { askModel } from './model-call';
import { OpenTurn } from './open-turn';
import { runStep } from './step';
import { structuredOutcome } from './structured-outcome';
import type { Thread } from './thread';

/** @param open A turn to resume: its user message and first steps are in the transcript already. */
export async function runTurn(thread: Thread, input: RunInput, open?: OpenTurnJson): Promise<RunResult> {
  const { transcript, definition } = thread;
  for (const message of input.chatHistory ?? []) transcript.append(message);
  if (input.userMsg !== undefined) transcript.append({ role: 'user', content: input.userMsg });

  const { maxIterations = definition.maxIterations, earlyStoppingMethod = definition.earlyStoppingMethod } =
    open ?? input;
  const turn = new OpenTurn({ maxIterations, earlyStoppingMethod }, open);
  thread.turn = turn;
  turn.response ??= await runSteps(thread, turn, open?.calls ?? []);
  const agent = agentOf(thread);
  const { output, structuredOutput } = definition;
  const structuredResponse =
    output === undefined && structuredOutput === undefined ? undefined : await structuredOutcome(thread, agent);
  return {
    response: turn.response,
    agent: agent.name,
    toolCalls: turn.toolCalls.slice(-LIMITS.resultToolCalls),
    ...(turn.finishReason === undefined ? {} : { finishReason: turn.finishReason }),
    ...(structuredResponse === undefined ? {} : { structuredResponse }),
    ...(thread.nesting === undefined ? thread.run.tokens.toJson() : {}),
  };
}

function agentOf({ definition, agent }: Thread): Agent {
  return definition.agents.get(agent ?? definition.rootAgent) as Agent;
}

/**
 * @param carried The open calls of the last reply, from the link or context before.
 * @returns The response.
 */
async function runSteps(thread: Thread, turn: OpenTurn, carried: readonly OpenCallJson[]): Promise<string> {
  let resumed = carried;
  for (;;) {
    const agent = agentOf(thread);
    if (turn.isLastWord) return await atIterationLimit(thread, agent, turn);
    if (resumed.length === 0) {
      if (thread.beforeStep?.isDue() === true) await thread.beforeStep.go();
      const reply = await nextReply(thread, agent, turn);
      if (reply.toolCalls === undefined) return finish(turn, reply);
      if (turn.used >= turn.limits.maxIterations) return await atIterationLimit(thread, agent, turn);
    }
    const { outcomes, direct, nextAgent } = await runStep(thread, agent, turn, resumed);
    resumed = [];
    // A tool may have swallowed the cancellation.
    if (isRunCancelled()) throw new CancelledFailure('The run was cancelled');
    turn.endCalls();
    for (const { call, content, isError } of outcomes) {
      thread.transcript.append({ role: 'tool', toolCallId: call.id, content });
      turn.toolCalls.push({ toolId: call.id, toolName: call.name, isError });
    }
    if (direct !== undefined) {
      thread.transcript.append({ role: 'assistant', content: direct.content });
      return direct.content;
    }
    thread.handOff(nextAgent);
  }
}

async function nextReply(thread: Thread, agent: Agent, turn: OpenTurn): Promise<ModelReply> {
  thread.begin(agent.name);
  turn.used += 1;
  turn.isAsking = true;
  if (thread.definition.memory !== undefined) await makeRoom(thread, agent);
  const { from } = thread.memory.told;
  thread.write(AgentInput({ agent: agent.name, ...(from === 0 ? {} : { from }), upTo: thread.transcript.length }));
  const reply = checkedReply(thread, agent, await askModel(thread, agent));
  turn.isAsking = false;
  return record(thread, agent, reply);
}

function record(thread: Thread, agent: Agent, reply: ModelReply): ModelReply {
  const { content, toolCalls = [], finishReason, usage, answeredBy } = reply;
  thread.transcript.append(messageOf(agent, reply));
  thread.write(
    AgentOutput({
      agent: agent.name,
      response: content,
      toolCalls: toolCalls.map(({ id, name, args }) => ({ toolId: id, toolName: name, toolKwargs: args })),
      ...(finishReason === undefined ? {} : { finishReason }),
      ...(usage === undefined ? {} : { usage: { ...usage } }),
      ...(answeredBy === undefined ? {} : { answeredBy }),
    }),
  );
  return reply;
}

function messageOf({ llm }: Agent, { content, toolCalls = [], provider, answeredBy = llm }: ModelReply): Message {
  const also = provider === undefined ? {} : { provider };
  return toolCalls.length === 0
    ? { role: 'assistant', content, ...also }
    : { role: 'assistant', content, toolCalls, by: answeredBy, ...also };
}

function finish(turn: OpenTurn, { content, finishReason }: ModelReply): string {
  turn.finishReason = finishReason;
  return content;
}

async function atIterationLimit(thread: Thread, agent: Agent, turn: OpenTurn): Promise<string> {
  const { maxIterations, earlyStoppingMethod } = turn.limits;
  thread.transcript.closeCalls(`Not run: the limit of ${maxIterations} steps was reached.`);
  if (earlyStoppingMethod === 'generate') {
    turn.isLastWord = true;
    const { toolCalls: _none, ...reply } = await askModel(thread, agent, 'final');
    return finish(turn, record(thread, agent, reply));
  }
  throw new AgentError(
    'MAX_ITERATIONS',
    `The model still called tools after ${maxIterations} replies, which is the limit. Raise maxIterations, or look on the stream whether it repeats itself.`,
    { maxIterations },
  );
}
