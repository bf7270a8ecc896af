/**
 * Checked model: holds a user's `Model` to its contract.
 *
 * It cannot hang, and its replies are checked before use: a mistake is reported under its title and breaks no run.
 *
 * @module
 */
import {
  AgentError,
  cutText,
  errorText,
  isAgentError,
  isPlainObject,
  jsonBytes,
  jsonProblem,
  LIMITS,
  type Usage,
} from '../protocol';
import { toModelError } from './classify';
import type { FinishReason, Model, ModelCallOptions, RawReply, RawToolCall } from './model';
import { thrownProblem } from './provider-error';

const REASONS: readonly FinishReason[] = ['stop', 'tool_calls', 'length', 'content_filter', 'malformed'];

/** @param model Whose `title` is read once. */
export function checkedModel(model: Model): Model {
  const title = cutText(model.title, LIMITS.nameChars);
  return {
    title,
    async ask(request, options) {
      let hasEnded = false;
      const onText = (text: unknown): void => {
        if (!hasEnded && typeof text === 'string') options.onText(text);
      };
      try {
        const given = await inTime(
          title,
          options,
          async (signal) => await model.ask(request, { ...options, signal, onText }),
        );
        return read(title, given);
      } catch (error) {
        throw isAgentError(error) ? error : toModelError(thrownProblem(error, bodyOf(error)), title);
      } finally {
        hasEnded = true;
      }
    },
  };
}

/** As the AI SDK and others have it. */
function bodyOf(error: unknown): string | undefined {
  const body = (error as { readonly responseBody?: unknown } | null | undefined)?.responseBody;
  return typeof body === 'string' && body !== '' ? body : undefined;
}

/** Whether or not the model obeys its signal. */
async function inTime<T>(
  title: string,
  { signal, timeoutMs }: ModelCallOptions,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  // Tells an abandoned model to stop its request.
  const own = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const given = ask(own.signal);
  given.catch(() => undefined); // It may fail after nobody waits for it.
  const ended = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Error('aborted'));
    signal.addEventListener('abort', stop);
    timer = setTimeout(
      () => reject(new AgentError('MODEL_UNAVAILABLE', `${title} did not reply within ${timeoutMs} ms`, {})),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([given, ended]);
  } catch (error) {
    own.abort();
    throw error;
  } finally {
    clearTimeout(timer);
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

/** @throws AgentError `MODEL_REJECTED` for an invalid reply, since the next would be invalid too. */
function read(title: string, given: unknown): RawReply {
  const fail = (problem: string): never => {
    throw new AgentError('MODEL_REJECTED', `The reply of ${title} cannot be used: ${problem}. Mend its ask().`, {});
  };
  if (!isPlainObject(given)) return fail('it is no object');
  const { content, toolCalls, finishReason, said, usage, provider } = given as Partial<Record<keyof RawReply, unknown>>;
  if (typeof content !== 'string') return fail('its content is no text');
  if (!Array.isArray(toolCalls)) return fail('its toolCalls are no list');
  if (!REASONS.includes(finishReason as FinishReason)) {
    return fail(`its finishReason is none of ${REASONS.join(', ')}`);
  }
  const ids = new Set<string>();
  const calls = Array.from(toolCalls, (call: unknown, nth): RawToolCall => {
    const {
      id,
      name,
      arguments: args,
    } = (isPlainObject(call) ? call : {}) as Partial<Record<keyof RawToolCall, unknown>>;
    if (typeof id !== 'string' || id === '' || id.length > LIMITS.nameChars || ids.has(id)) {
      return fail(`toolCalls[${nth}] has no id of its own, a text of 1 to ${LIMITS.nameChars} characters`);
    }
    if (typeof name !== 'string') return fail(`toolCalls[${nth}] has no name`);
    if (typeof args !== 'string') return fail(`the arguments of toolCalls[${nth}] are no text: give the model's own`);
    ids.add(id);
    return { id, name: cutText(name, LIMITS.nameChars), arguments: args };
  });
  if (provider !== undefined && !isProvider(provider)) {
    return fail(
      `its provider fields are not {of, message?, calls?} of JSON, at most ${LIMITS.providerFieldsBytes} bytes`,
    );
  }
  return {
    content,
    toolCalls: calls,
    finishReason: finishReason as FinishReason,
    ...(said === undefined ? {} : { said: cutText(errorText(said), LIMITS.nameChars) }),
    ...(isUsage(usage) ? { usage: onlyCounts(usage) } : {}),
    ...(provider === undefined ? {} : { provider: provider as NonNullable<RawReply['provider']> }),
  };
}

function isProvider(provider: unknown): boolean {
  if (!isPlainObject(provider)) return false;
  const { of, message = {}, calls = {}, ...others } = provider;
  return (
    typeof of === 'string' &&
    Object.keys(others).length === 0 &&
    isPlainObject(message) &&
    isPlainObject(calls) &&
    Object.values(calls).every(isPlainObject) &&
    jsonProblem(provider, LIMITS.wrapDepth) === undefined &&
    jsonBytes(provider) <= LIMITS.providerFieldsBytes
  );
}

function onlyCounts({ inputTokens, outputTokens, cachedTokens, reasoningTokens }: Usage): Usage {
  return {
    inputTokens,
    outputTokens,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
}

/** Invalid counts count as missing. */
function isUsage(usage: unknown): usage is Usage {
  if (!isPlainObject(usage)) return false;
  const { inputTokens, outputTokens, cachedTokens = 0, reasoningTokens = 0 } = usage;
  return [inputTokens, outputTokens, cachedTokens, reasoningTokens].every(
    (count) => typeof count === 'number' && Number.isSafeInteger(count) && count >= 0,
  );
}
