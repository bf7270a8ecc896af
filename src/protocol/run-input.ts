/**
 * Run input: what arrives when a run is started, from whoever may start one.
 *
 * Parsed once, strictly: an unknown field is an error, because a misspelt one would be lost silently.
 *
 * @module
 */
import * as v from 'valibot';
import { BY_URL, isBlank, userContent } from './content';
import { AgentError } from './errors';
import { schemaProblem } from './event';
import { cutText, isPlainObject, jsonBytes, jsonProblem, takeJson, type JsonObject } from './json';
import { LIMITS } from './limits';
import type { RunInput } from './messages';
import { undecodableProblem } from './unreadable';

const chatMessage = v.pipe(
  v.strictObject({ role: v.picklist(['system', 'user', 'assistant']), content: userContent }),
  v.check(({ role, content }) => role === 'user' || typeof content === 'string', 'only a user message can have parts'),
);

const runInput = v.strictObject({
  userMsg: v.optional(userContent),
  chatHistory: v.optional(v.array(chatMessage)),
  maxIterations: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  earlyStoppingMethod: v.optional(v.picklist(['force', 'generate'])),
  timeout: v.optional(v.union([v.number(), v.string()])),
  context: v.optional(v.unknown()),
  conversation: v.optional(v.boolean()),
  liveTokens: v.optional(v.boolean()),
  data: v.optional(v.record(v.string(), v.unknown())),
  carried: v.optional(v.unknown()),
});

const EXAMPLE = 'Start it with {"userMsg": "..."} or a bare string.';

/**
 * Read a start input.
 *
 * @throws AgentError `INVALID_INPUT`, saying what is wrong with it.
 */
export function readRunInput(input: unknown): RunInput {
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_INPUT', `The run cannot start: ${problem}. ${EXAMPLE}`, {});
  };
  const value = typeof input === 'string' ? { userMsg: input } : input;
  if (value === undefined || value === null) return fail('it was given no input');
  const own = withoutContext(value);
  const unusable = undecodableProblem(value) ?? jsonProblem(own);
  if (unusable !== undefined) return fail(`its input is wrong: ${unusable}`);
  if (jsonBytes(own) > LIMITS.messageBytes)
    return fail(`its input is larger than ${LIMITS.messageBytes} bytes. ${BY_URL}`);
  const problem = unknownField(own) ?? schemaProblem(runInput, value);
  if (problem !== undefined) return fail(`its input is wrong: ${problem}`);
  const parsed = value as RunInput;
  const { context, carried } = parsed;
  const isWithoutMessage = parsed.userMsg === undefined && parsed.chatHistory?.at(-1)?.role !== 'user';
  if (isWithoutMessage && context === undefined && carried === undefined && parsed.conversation !== true) {
    return fail('it needs a userMsg, or a chatHistory that ends with a user message');
  }
  readRunData(parsed.data);
  if (parsed.userMsg !== undefined && isBlank(parsed.userMsg)) return fail('its userMsg is empty');
  return parsed;
}

/**
 * Read the data of a run, as it was started with or as a hand-written workflow gives it.
 *
 * @returns A copy, frozen: it is shared by all tools of the run, and none may change it for the others.
 * @throws AgentError `INVALID_INPUT`.
 */
export function readRunData(given: unknown = {}): JsonObject {
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_INPUT', `The run cannot start: its data ${problem}.`, {});
  };
  const taken = takeJson(given);
  if ('problem' in taken) return fail(`is not JSON: ${taken.problem}`);
  if (!isPlainObject(taken.value)) return fail('must be an object');
  const bytes = jsonBytes(taken.value);
  if (bytes <= LIMITS.dataBytes) return frozen(taken.value as JsonObject);
  return fail(
    `has ${bytes} bytes, and at most ${LIMITS.dataBytes} are taken: keep large things elsewhere, and their names here`,
  );
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) frozen(inner);
  return Object.freeze(value);
}

function unknownField(input: unknown): string | undefined {
  if (!isPlainObject(input)) return undefined;
  const fields = Object.keys(runInput.entries).filter((name) => name !== 'carried');
  const unknown = Object.keys(input).find((name) => !Object.hasOwn(runInput.entries, name));
  if (unknown === undefined) return undefined;
  const meant = fields.find((name) => isShortFor(name, unknown) || isShortFor(unknown, name));
  const hint = meant === undefined ? `the fields are ${fields.join(', ')}` : `did you mean "${meant}"?`;
  return `unknown field "${cutText(unknown, 100)}" (${hint})`;
}

/** Whether the letters of one name are in the other, in order: `userMsg` in `user_message`. */
function isShortFor(short: string, long: string): boolean {
  let at = 0;
  for (const letter of long.toLowerCase().slice(0, 100)) if (letter === short[at]?.toLowerCase()) at += 1;
  return short.length > 2 && at === short.length;
}

/** A context, and one that is carried, are checked where they are read: they may be deeper. */
function withoutContext(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  const { context: _context, carried: _carried, ...rest } = value;
  return rest;
}
