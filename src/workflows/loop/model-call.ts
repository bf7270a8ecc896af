/**
 * Model call: asks the model from the workflow.
 *
 * The activity is told which messages to send, so that history does not grow with the square of the conversation. Only
 * small conversations go with the call. Larger ones are passed in the worker's memory, and an activity that does not
 * find them there queries the run.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { ActivityCancellationType, proxyActivities, proxySinks, workflowInfo } from '@temporalio/workflow';
import type { Agent } from '../../agent';
import {
  MODEL_ACTIVITY,
  AgentError,
  byteLength,
  jsonBytes,
  LIMITS,
  type Conversation,
  type ConversationSinks,
  type ModelCall,
  type ModelPurpose,
  type ModelReply,
  passedKey,
  takeReply,
} from '../../protocol';
import { modelError } from '../link/failure';
import { isExported } from './exported';
import type { Thread } from './thread';

/** A call whose worker sends no heartbeat for this long is made again. */
const HEARTBEAT_TIMEOUT = '15 seconds';

/** The key must differ only among the attempts of one workflow task, and history holds it with each call. */
const KEY_CHARS = 8;

/** Less than for a reply, because a summary is optional. */
const SUMMARY_WITHIN = '1 minute';

export function askModel(thread: Thread, agent: Agent, purpose?: ModelPurpose): Promise<ModelReply> {
  const { from, also } = thread.memory.told;
  return callModel(thread, agent, {
    agent: agent.name,
    ...(purpose === undefined ? {} : { purpose }),
    ...(from === 0 ? {} : { from }),
    ...(also.length === 0 ? {} : { also }),
    upTo: thread.transcript.length,
    ...inlined(thread),
  });
}

/** Summarizes the messages before index `upTo`. */
export async function askSummary(thread: Thread, agent: Agent, upTo: number): Promise<string> {
  const { from } = thread.memory.told;
  const call = { agent: agent.name, purpose: 'summary', ...(from === 0 ? {} : { from }), upTo } as const;
  const { content, finishReason } = await callModel(thread, agent, call, SUMMARY_WITHIN);
  return finishReason === undefined ? content : `${content}\n(The summary was cut off here.)`;
}

/** Asks up to `LIMITS.unusableReplies` times for a usable reply. */
async function callModel(thread: Thread, agent: Agent, call: ModelCall, retryFor?: Duration): Promise<ModelReply> {
  for (let asked = 1; ; asked += 1) {
    const attempt = asked === 1 ? {} : { unusableBefore: asked - 1 };
    const reply = await callOnce(thread, agent, { ...call, ...attempt }, retryFor);
    thread.run.tokens.add(reply.answeredBy ?? agent.llm, reply.usage);
    if (reply.unusable === undefined) return reply;
    if (asked < LIMITS.unusableReplies) continue;
    throw new AgentError(
      'MODEL_REPLY_UNUSABLE',
      `The model gave no usable reply, ${asked} times in a row. The last one: ${reply.unusable}. Look at the prompt, the limit of its output and the provider's filters, or use another model.`,
      {},
    );
  }
}

async function callOnce(
  thread: Thread,
  agent: Agent,
  call: ModelCall,
  retryFor: Duration = thread.definition.modelRetryFor,
): Promise<ModelReply> {
  const { run, definition, nesting } = thread;
  const activities = proxyActivities<Record<typeof MODEL_ACTIVITY, (call: ModelCall) => Promise<unknown>>>({
    startToCloseTimeout: agent.modelTimeout,
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    scheduleToCloseTimeout: retryFor,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  let result: unknown;
  try {
    if (!run.activities.tryBegin('model')) await run.activities.beginWhenRoom('model');
    try {
      result = await activities[MODEL_ACTIVITY]({
        ...(nesting === undefined ? {} : { workflow: definition.name, thread: nesting.id }),
        ...(nesting === undefined || isExported(definition) ? {} : { isUnexported: true as const }),
        ...(run.liveTokens ? {} : { liveTokens: false as const }),
        ...call,
        ...(call.messages === undefined ? passConversation(thread, call) : {}),
      });
    } finally {
      run.activities.end('model');
    }
  } catch (error) {
    throw modelError(error, String(retryFor));
  }
  const read = takeReply(result);
  if ('problem' in read) throw new AgentError('MODEL_REJECTED', read.problem, {});
  return read.reply;
}

/** A sink call is no command: the run does the same whether it arrives or not. */
const { countersign } = proxySinks<ConversationSinks>();

/** A random key is safe: a replay does not compare activity input, and nothing else depends on the key. */
function passConversation(thread: Thread, call: ModelCall): Pick<ModelCall, 'handed'> {
  const { runId, unsafe } = workflowInfo();
  if (unsafe.isReplaying) return {}; // The call is scheduled. An attempt without the conversation queries the run.
  const handed = unsafe.random.uuid4().slice(0, KEY_CHARS);
  countersign.passConversation(passedKey(runId, handed), JSON.stringify(thread.conversation(call)));
  return { handed };
}

/** The conversation, if it is small. */
function inlined(thread: Thread): Partial<Conversation> {
  const { transcript, memory } = thread;
  const { summary } = memory.told;
  if (!transcript.isSmall || byteLength(summary ?? '') > LIMITS.inlineTranscriptBytes) return {};
  const told = { messages: memory.messages(), ...(summary === undefined ? {} : { summary }) };
  const ofRun = thread.toldOfRun();
  return jsonBytes(ofRun) <= LIMITS.inlineTranscriptBytes ? { ...told, ...ofRun } : {};
}
