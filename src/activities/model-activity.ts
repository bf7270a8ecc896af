/**
 * Model activity: one model call of a run.
 *
 * Told which messages, it takes them where its run has handed them over in this process, or else reads them by a query
 * of its own run: so a run's history grows with the conversation and not with its square. It never retries by itself: Temporal does, and can be seen doing it.
 *
 * @module
 */
import { Context, log } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type OpenAI from 'openai';
import type {
  Agent,
  AgentWorkflowDefinition,
  Conversation,
  Message,
  ModelCall,
  ModelReply,
  ModelToolCall,
  TranscriptPage,
} from '../agent';
import { errorText, jsonBytes, LIMITS, messageText, QUERIES } from '../protocol';
import {
  type ChatReply,
  chatRequest,
  type ChatRequestParts,
  type RawToolCall,
  readReply,
  serverText,
  type SettledServer,
  toModelFailure,
  withBoundedBodies,
} from '../models';
import { findAgent, type Definitions } from './definitions';
import type { HandedOver } from './handed-over';
import { heartbeating } from './heartbeat';
import { liveText } from './live-text';
import { argumentsProblem, readArguments, schemaIssues } from './tool-arguments';

/** How long a run has to show its conversation: it is in memory, or is replayed. Unit: milliseconds. */
const READ_WITHIN_MS = 10_000;

/** Said where the call is recorded: a run tells by it a tool that never was from one that was removed since. */
const NO_SUCH_TOOL = 'there is no such tool';

export interface ModelOptions {
  readonly definitions: Definitions;
  readonly serverOf: (llm: string) => SettledServer;
  readonly handedOver: HandedOver;
  /** Whether others can see what the model says before its reply is there, of runs that do not forbid it. */
  readonly liveTokens: boolean;
}

export function createModelActivity(options: ModelOptions): (call: ModelCall) => Promise<ModelReply> {
  return async (call) =>
    await heartbeating(async (tell) => {
      const { cancellationSignal, info } = Context.current();
      try {
        const found = findAgent(options.definitions, info.workflowType as string, call);
        const server = options.serverOf(found.agent.llm);
        const request = {
          ...found,
          model: server.model,
          ...(await conversationOf(call, options.handedOver)),
          ...(call.purpose === undefined ? {} : { purpose: call.purpose }),
        };
        const onText = options.liveTokens ? liveText(call, tell) : () => undefined;
        return await ask(server.client, request, cancellationSignal, onText).catch((error: unknown) => {
          throw toModelFailure(error, serverText(found.agent.llm, server));
        });
      } catch (error) {
        if (cancellationSignal.aborted) throw new CancelledFailure('The model request was aborted');
        throw toModelFailure(error);
      }
    });
}

async function ask(
  client: OpenAI,
  parts: ChatRequestParts,
  signal: AbortSignal,
  onText: (text: string) => void,
): Promise<ModelReply> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    const response = await withBoundedBodies(client)
      .chat.completions.create(chatRequest(parts), { signal: abort.signal, maxRetries: 0 })
      .asResponse();
    const { content, toolCalls } = await readReply(response, abort, onText);
    if (signal.aborted) throw new Error('aborted'); // An aborted stream just ends.
    checkSize({ content, toolCalls });
    if (parts.purpose === 'structured') return await readStructured(parts.definition, content);
    const calls = await Promise.all(toolCalls.map((call) => readToolCall(parts.agent, call)));
    // Numbers can be longer when they are written again.
    checkSize({ content, toolCalls: calls });
    return calls.length === 0 ? { content } : { content, toolCalls: calls };
  } finally {
    signal.removeEventListener('abort', stop);
    abort.abort();
  }
}

/** The model's data, if it fits. */
async function readStructured({ output }: AgentWorkflowDefinition, content: string): Promise<ModelReply> {
  const { args, problem } = readArguments(content);
  const misfit = output === undefined ? undefined : (problem ?? (await schemaIssues(output, args)));
  if (misfit === undefined) return { content: '', structured: args };
  log.warn(`The model's structured output was left out: ${misfit}`);
  return { content: '' };
}

async function readToolCall(agent: Agent, { id, name, arguments: text }: RawToolCall): Promise<ModelToolCall> {
  const { args, problem } = readArguments(text);
  if (problem !== undefined) return { id, name, args, problem: messageText(problem) };
  const tool = agent.tools.find((one) => one.name === name);
  const misfit = tool === undefined ? NO_SUCH_TOOL : await argumentsProblem(tool, args);
  return misfit === undefined ? { id, name, args } : { id, name, args, problem: messageText(misfit) };
}

/** What the call brings with it, or was given here, or else the run's own words for it. */
async function conversationOf(call: ModelCall, handedOver: HandedOver): Promise<Conversation> {
  const { messages, summary, state, also = [], from = 0, upTo, thread } = call;
  if (messages !== undefined) {
    return { messages, ...(summary === undefined ? {} : { summary }), ...(state === undefined ? {} : { state }) };
  }
  const { client, info } = Context.current();
  const { workflowId, runId } = info.workflowExecution as { workflowId: string; runId: string };
  const given = handedOver.take(runId, call);
  if (given !== undefined) return given;
  const handle = client.workflow.getHandle(workflowId, runId);
  const ask = async (range: { from: number; upTo: number }): Promise<TranscriptPage> => {
    const about = thread === undefined ? range : { ...range, thread };
    try {
      return await client.withDeadline(Date.now() + READ_WITHIN_MS, () =>
        handle.query<TranscriptPage, [object]>(QUERIES.transcript, about),
      );
    } catch (error) {
      // The SDK's core can drop a query while it evicts a run: asked again, it is answered.
      throw ApplicationFailure.create({
        message: `The conversation could not be read from its run, and is asked for again (${errorText(error)})`,
        type: 'MODEL_UNAVAILABLE',
        details: [{}],
      });
    }
  };
  const read: Message[] = [];
  for (const nth of also) read.push(...(await ask({ from: nth, upTo: nth + 1 })).messages);
  for (let next = from; ; ) {
    const page = await ask({ from: next, upTo });
    read.push(...page.messages);
    next = page.next;
    if (next >= upTo) {
      return {
        messages: read,
        ...(page.summary === undefined ? {} : { summary: page.summary }),
        ...(page.state === undefined ? {} : { state: page.state }),
      };
    }
    if (page.messages.length === 0) throw new Error(`the run's transcript has ${page.length} messages, not ${upTo}`);
  }
}

function checkSize(reply: ModelReply | ChatReply): void {
  const size = jsonBytes(reply);
  if (size <= LIMITS.modelReplyBytes) return;
  throw ApplicationFailure.create({
    message: `The model's reply has ${size} bytes; at most ${LIMITS.modelReplyBytes} are taken. Limit its output.`,
    type: 'MODEL_REJECTED',
    nonRetryable: true,
    details: [{}],
  });
}
