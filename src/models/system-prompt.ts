/**
 * System prompt: an agent's prompt, as a text or from its function for one call.
 *
 * @module
 */
import type { Agent } from '../agent';
import { AgentError, byteLength, errorText, LIMITS, type JsonObject } from '../protocol';

interface Told {
  readonly agent: Agent;
  readonly state?: JsonObject;
  readonly data?: JsonObject;
}

/** @throws AgentError `INVALID_DEFINITION`, which a deployment can mend. */
export function systemPrompt({ agent, state, data }: Told): string {
  const { name, systemPrompt: prompt } = agent;
  if (typeof prompt === 'string') return prompt;
  const fail = (problem: string, cause?: unknown): never => {
    const message = `The systemPrompt of agent "${name}" ${problem}`;
    throw new AgentError('INVALID_DEFINITION', message, { name }, cause === undefined ? {} : { cause });
  };
  // The calling code knows it as a text: a deployment is under way, and other workers are older.
  if (state === undefined || data === undefined) {
    return fail('is a function here and a text on the worker that runs the workflow: deploy the same code on both.');
  }
  let text: unknown;
  try {
    text = prompt({ state, data });
  } catch (error) {
    return fail(
      `threw an error: ${errorText(error)}. Mend it and deploy the worker again: the call is tried again.`,
      error,
    );
  }
  if (typeof text !== 'string') {
    return fail(`gave ${kindOf(text)}: it must give a text, at once.`);
  }
  const bytes = byteLength(text);
  return bytes <= LIMITS.promptBytes ? text : fail(`gave ${bytes} bytes: at most ${LIMITS.promptBytes} are sent.`);
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise';
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
