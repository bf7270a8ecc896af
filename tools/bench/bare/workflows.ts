/**
 * Bare workflows: what one would write by hand, with nothing of ours and nothing that is not needed.
 *
 * They set the scale: the same model requests, the same signal, the same result, and no stream, no
 * refusals, no queries, no card.
 *
 * @module
 */
import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { CHAT_MESSAGES, CHAT_MODEL, STEPS_MODEL } from '../task';
import type { ChatMessage, createBareActivities } from './activities';

const { askModel, lookUp } = proxyActivities<ReturnType<typeof createBareActivities>>({
  startToCloseTimeout: '10 minutes',
});

const answerSignal = defineSignal<[{ readonly response: string }]>('HumanResponseEvent');
const messageSignal = defineSignal<[{ readonly text: string }]>('sendMessage');
const closeSignal = defineSignal('close');

export async function bareQuestion({ userMsg }: { readonly userMsg: string }): Promise<string> {
  let answer: { readonly response: string } | undefined;
  setHandler(answerSignal, (given) => {
    answer = given;
  });
  const messages: ChatMessage[] = [{ role: 'user', content: userMsg }];
  const reply = await askModel('gpt-4o-mini', messages);
  const toolCallId = reply.tool_calls?.[0]?.id ?? '';
  await condition(() => answer !== undefined);
  const content = answer?.response === 'yes' ? 'Dangerous task completed successfully.' : 'Dangerous task aborted.';
  messages.push(reply, { role: 'tool', tool_call_id: toolCallId, content });
  return (await askModel('gpt-4o-mini', messages)).content ?? '';
}

/** Hands the whole conversation to every model call, as is usual where nobody has measured yet. */
export async function bareSteps({ userMsg }: { readonly userMsg: string }): Promise<string> {
  const messages: ChatMessage[] = [{ role: 'user', content: userMsg }];
  for (;;) {
    const reply = await askModel(STEPS_MODEL, messages);
    messages.push(reply);
    const call = reply.tool_calls?.[0];
    if (call === undefined) return reply.content ?? '';
    const content = await lookUp(JSON.parse(call.function.arguments) as { page: number });
    messages.push({ role: 'tool', tool_call_id: call.id, content });
  }
}

/** Tells the model the last messages, from one of the user's on, and goes on as new when Temporal suggests it. */
export async function bareConversation({
  messages = [],
}: {
  readonly messages?: readonly ChatMessage[];
}): Promise<string> {
  const queued: string[] = [];
  let isClosed = false;
  setHandler(messageSignal, ({ text }) => void queued.push(text));
  setHandler(closeSignal, () => {
    isClosed = true;
  });
  let told = messages;
  for (;;) {
    await condition(() => queued.length > 0 || isClosed);
    const text = queued.shift();
    if (text === undefined) return told.at(-1)?.content ?? '';
    told = [...told, { role: 'user', content: text }].slice(-CHAT_MESSAGES);
    if (told[0]?.role !== 'user') told = told.slice(1);
    told = [...told, await askModel(CHAT_MODEL, told)];
    if (workflowInfo().continueAsNewSuggested && queued.length === 0) {
      await continueAsNew<typeof bareConversation>({ messages: told });
    }
  }
}
