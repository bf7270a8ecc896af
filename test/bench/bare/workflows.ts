/**
 * Bare workflows: what one would write by hand, with nothing of ours and nothing that is not needed.
 *
 * They set the scale: the same model requests, the same signal, the same result, and no stream, no
 * refusals, no queries, no card.
 *
 * @module
 */
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { STEPS_MODEL } from '../task';
import type { ChatMessage, createBareActivities } from './activities';

const { askModel, lookUp } = proxyActivities<ReturnType<typeof createBareActivities>>({
  startToCloseTimeout: '10 minutes',
});

const answerSignal = defineSignal<[{ readonly response: string }]>('HumanResponseEvent');

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
