/**
 * Model script: what the model says. A function of the request alone.
 *
 * @module
 */
import type { ModelRequest, ScriptedAnswer } from 'countersign/testing';
import { hashOf } from '../random';
import type { Script } from './runs';

/** Of an agent that only hands its message on to another one. */
const HAND_ON = 'clerk';
/** Replies take up to so long, so that some are under way whenever something is killed. */
const SLOWEST_MS = 300;

export function modelScript({ messages, tools = [] }: ModelRequest): ScriptedAnswer {
  const told = messages.findLastIndex(({ role }) => role === 'user');
  const text = String(messages[told]?.content);
  const { run, turn, steps } = JSON.parse(text) as Script;
  const since = messages.slice(told + 1);
  const step = since.filter(({ role, tool_calls: calls }) => role === 'assistant' && calls !== undefined).length;
  const delayMs = hashOf(`${run} ${turn} ${step} ${messages.length}`) % SLOWEST_MS;
  const end = { content: `${run} turn ${turn} is done.`, delayMs };
  if (tools.some(({ function: { name } }) => name === HAND_ON)) {
    if (step > 0) return end;
    return { toolCalls: [{ id: `${run}-hand-on-${turn}`, name: HAND_ON, arguments: { request: text } }], delayMs };
  }
  const calls = steps[step];
  if (calls === undefined) return end;
  return {
    toolCalls: calls.map((call) => ({ id: call.item, name: 'approve', arguments: { ...call } })),
    delayMs,
  };
}
