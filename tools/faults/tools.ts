/**
 * Tools: how the runs ask a person, and what they do in the world when the person says yes.
 *
 * What a question came to is said on the stream by an `Acted` event, with the answer that it acted on: by it the
 * oracle knows which answer settled what.
 *
 * @module
 */
import {
  type AnyEvent,
  activityTool,
  type Context,
  defineEvent,
  defineTool,
  HumanResponseEvent,
  InputRequiredEvent,
  isAgentError,
} from 'countersign/workflow';
import { boolean, number, optional, picklist, string } from 'valibot';
import type { Call } from './runs';

/** `done`, or `unknown`: the run cannot know whether the effect took place. `none`: it was not allowed. */
const Acted = defineEvent('Acted', {
  item: string(),
  response: string(),
  user: string(),
  effect: picklist(['done', 'none', 'unknown', 'failed']),
  message: optional(string()),
});

/** Nobody answered in time. */
const Expired = defineEvent('Expired', { item: string() });

const parameters = { item: string(), answerId: string() };
/** Soon enough that a run does not stand still for long when a worker is killed, frozen or cut off. */
const TIMES = { startToCloseTimeout: '10 seconds', heartbeatTimeout: '5 seconds' } as const;

export const pay = activityTool({
  name: 'pay',
  description: 'Pays an item, once for one idempotency key.',
  parameters,
  result: string(),
  ...TIMES,
  retry: { maximumAttempts: 1000, initialInterval: '200 ms', maximumInterval: '2 seconds' },
});

export const mail = activityTool({
  name: 'mail',
  description: 'Mails about an item. What is mailed twice arrives twice.',
  parameters,
  result: string(),
  ...TIMES,
});

export const approve = defineTool({
  name: 'approve',
  description: 'Asks a person, and does what they allow.',
  parameters: {
    item: string(),
    effect: picklist(['pay', 'mail']),
    user: string(),
    isSlow: boolean(),
    isNever: boolean(),
    withinMs: optional(number()),
  },
  execute: async ({ withinMs, ...call }, ctx) =>
    await askAndAct(ctx, { ...call, ...(withinMs === undefined ? {} : { withinMs }) }),
});

/** Ask about one item, wait, and act on the answer. */
export async function askAndAct(ctx: Context, call: Call): Promise<string> {
  const { item, effect, user, isSlow, withinMs } = call;
  const { inputId: asked = '' } = ctx.writeEventToStream(
    InputRequiredEvent({ prefix: `May ${item} be done?`, user_name: user, item }),
  );
  if (isSlow) await ctx.sleep('500 ms');
  const options = { requirements: { user_name: user }, ...(withinMs === undefined ? {} : { timeout: withinMs }) };
  let answer: AnyEvent & { readonly response: string };
  try {
    answer = await ctx.waitForEvent(HumanResponseEvent, options);
  } catch (error) {
    if (!isAgentError(error, 'INPUT_TIMED_OUT')) throw error;
    ctx.writeEventToStream(Expired({ item, inputId: asked }));
    return `Nobody has answered about ${item}.`;
  }
  const { inputId = '', answerId = '', response } = answer;
  const stamps = { item, inputId, answerId, response, user: String(answer['user_name']) };
  if (response !== 'yes') {
    ctx.writeEventToStream(Acted({ ...stamps, effect: 'none' }));
    return `${item} was not allowed.`;
  }
  try {
    await ctx.callTool(effect === 'pay' ? pay : mail, { item, answerId });
    ctx.writeEventToStream(Acted({ ...stamps, effect: 'done' }));
    return `${item} is done.`;
  } catch (error) {
    if (!isAgentError(error, 'TOOL_FAILED')) throw error;
    const isUnknown = error.message.includes('may or may not have taken effect');
    ctx.writeEventToStream(Acted({ ...stamps, effect: isUnknown ? 'unknown' : 'failed', message: error.message }));
    return error.message;
  }
}
