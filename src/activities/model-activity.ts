/**
 * Model activity: one model call of a run.
 *
 * It is told which messages to send. It takes them from what its run passed in this process, or queries the run, so
 * history grows with the conversation and not with its square. It never retries: Temporal does, visibly.
 *
 * @module
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import {
  type Model,
  type ModelCallOptions,
  modelRequest,
  type ModelRequest,
  type RawReply,
  type RequestParts,
} from '../models';
import {
  AgentError,
  cutText,
  errorText,
  jsonBytes,
  LIMITS,
  QUERIES,
  type Conversation,
  type Message,
  type ModelCall,
  type ModelReply,
  type TranscriptPage,
} from '../protocol';
import { callWithFallback } from './fallback';
import { findAgent, type Definitions } from './definitions';
import type { PassedConversations } from './passed-conversations';
import { heartbeating } from './heartbeat';
import { liveText } from './live-text';
import { toModelFailure } from './model-failure';
import { readModelReply } from './read-model-reply';
import { sendableFailure } from './sendable-failure';

/** How long the run may take to answer: it is cached or replayed. Unit: milliseconds. */
const READ_WITHIN_MS = 10_000;

export interface ModelOptions {
  readonly definitions: Definitions;
  readonly modelsOf: (llm: string) => readonly Model[];
  readonly passedConversations: PassedConversations;
  /** Whether watchers may see partial replies of runs that do not forbid it. */
  readonly liveTokens: boolean;
}

export function createModelActivity(options: ModelOptions): (call: ModelCall) => Promise<ModelReply> {
  return async (call) =>
    await heartbeating(async (tell) => {
      const { cancellationSignal: signal, info } = Context.current();
      try {
        const found = findAgent(options.definitions, info.workflowType as string, call);
        const parts: RequestParts = {
          ...found,
          ...(await conversationOf(call, options.passedConversations)),
          ...(call.purpose === undefined ? {} : { purpose: call.purpose }),
        };
        const onText = options.liveTokens ? liveText(call, tell) : () => undefined;
        return await askModels(options.modelsOf(found.agent.llm), call, parts, { signal, onText });
      } catch (error) {
        if (signal.aborted) throw new CancelledFailure('The model request was aborted');
        throw sendableFailure(toModelFailure(error, info));
      }
    });
}

async function askModels(
  models: readonly Model[],
  { unusableBefore = 0 }: ModelCall,
  parts: RequestParts,
  { signal, onText }: Pick<ModelCallOptions, 'signal' | 'onText'>,
): Promise<ModelReply> {
  const { info } = Context.current();
  const { llm } = parts.agent;
  const request = modelRequest(parts);
  // A model that gave an unusable reply is asked again after the others.
  const begin = unusableBefore % models.length;
  const inOrder = [...models.slice(begin), ...models.slice(0, begin)];
  let speaker: Model | undefined;
  return await callWithFallback(inOrder, { llm, signal, info }, async (model, limits) => {
    // Watchers get the words of one model, since they could not tell two apart.
    const heard = (text: string): void => {
      speaker ??= model;
      if (speaker === model) onText(text);
    };
    const options = { ...limits, onText: heard };
    if (model === models[0]) return await ask(model, request, parts, options);
    const answeredBy = cutText(model.title, LIMITS.nameChars);
    return { ...(await ask(model, { ...request, llm: answeredBy }, parts, options)), answeredBy };
  });
}

async function ask(
  model: Model,
  request: ModelRequest,
  parts: RequestParts,
  options: ModelCallOptions,
): Promise<ModelReply> {
  const raw = await model.ask(request, options);
  if (options.signal.aborted) throw new Error('aborted'); // An aborted stream just ends.
  checkSize(raw);
  const reply = await readModelReply(parts, raw);
  // Numbers may grow when written again, and defaults add to what the model wrote.
  checkSize(reply);
  return reply;
}

/** From the call itself, from what the run passed here, or from a query of the run. */
async function conversationOf(call: ModelCall, passedConversations: PassedConversations): Promise<Conversation> {
  const { messages, also = [], from = 0, upTo, thread } = call;
  if (messages !== undefined) return { messages, ...besideOf(call) };
  const { client, info } = Context.current();
  const { workflowId, runId } = info.workflowExecution as { workflowId: string; runId: string };
  const given = passedConversations.take(runId, call);
  if (given !== undefined) return given;
  const handle = client.workflow.getHandle(workflowId, runId);
  const ask = async (range: { from: number; upTo: number }): Promise<TranscriptPage> => {
    const about = thread === undefined ? range : { ...range, thread };
    try {
      return await client.withDeadline(Date.now() + READ_WITHIN_MS, () =>
        handle.query<TranscriptPage, [object]>(QUERIES.transcript, about),
      );
    } catch (error) {
      // The SDK's core can drop a query while it evicts a run; a second one is answered.
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
      return { messages: read, ...besideOf(page) };
    }
    if (page.messages.length === 0) throw new Error(`the run's transcript has ${page.length} messages, not ${upTo}`);
  }
}

/** What is told beside the messages. */
function besideOf({ summary, state, data }: Omit<Conversation, 'messages'>): Omit<Conversation, 'messages'> {
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(state === undefined ? {} : { state }),
    ...(data === undefined ? {} : { data }),
  };
}

function checkSize(reply: ModelReply | RawReply): void {
  const size = jsonBytes(reply);
  if (size <= LIMITS.modelReplyBytes) return;
  const message = `The model's reply has ${size} bytes; at most ${LIMITS.modelReplyBytes} are taken. Limit its output.`;
  throw new AgentError('MODEL_REJECTED', message, {});
}
