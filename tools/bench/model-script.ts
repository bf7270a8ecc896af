/**
 * Model script: what the model says to both sides.
 *
 * A function of the request alone, so that any number of runs can ask at once, in any order.
 *
 * @module
 */
import type { ModelRequest, ScriptedAnswer } from 'countersign/testing';
import { CHAT_MODEL, CHAT_TEXT, KILOBYTE, RESPONSE, STEPS, STEPS_MODEL } from './task';

export function modelScript({ model, messages }: ModelRequest): ScriptedAnswer {
  if (model === CHAT_MODEL) return { content: CHAT_TEXT };
  const results = messages.filter(({ role }) => role === 'tool').length;
  if (model !== STEPS_MODEL) {
    return results === 0 ? { toolCalls: [{ name: 'dangerous_task', arguments: '{}' }] } : { content: RESPONSE };
  }
  if (results === STEPS) return { content: 'Done.' };
  return { content: KILOBYTE, toolCalls: [{ name: 'look_up', arguments: { page: results + 1 } }] };
}
