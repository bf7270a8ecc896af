/**
 * Options: what a user passes, checked by name and by kind, for those whose editor does not.
 *
 * An option that nobody reads is a wish that nobody hears: it is refused, before anything is done. Each table is complete by
 * its type, so that a new option cannot be forgotten here.
 *
 * @module
 */
import { AgentError } from './errors';

export interface OptionKind {
  /** What the option is, as in "must be a text". */
  readonly noun: string;
  readonly isNeeded?: true;
  fits(value: unknown): boolean;
}

/** The kind of each option of `O`. */
export type OptionTable<O> = { readonly [Name in keyof O]-?: OptionKind };

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

export const KINDS = {
  any: { noun: 'anything', fits: () => true },
  text: { noun: 'a text', fits: (value) => typeof value === 'string' },
  flag: { noun: 'true or false', fits: (value) => typeof value === 'boolean' },
  /** Its limits are its owner's to check. */
  number: { noun: 'a number', fits: (value) => typeof value === 'number' },
  duration: {
    noun: 'a time, as "5 minutes" or milliseconds',
    fits: (value) => typeof value === 'string' || typeof value === 'number',
  },
  texts: {
    noun: 'a list of texts',
    fits: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  },
  list: { noun: 'a list', fits: (value) => Array.isArray(value) },
  object: { noun: 'an object', fits: isObject },
  code: { noun: 'a function', fits: (value) => typeof value === 'function' },
  signal: { noun: 'an AbortSignal', fits: (value) => isObject(value) && 'aborted' in (value as object) },
} satisfies Record<string, OptionKind>;

export function needed(kind: OptionKind): OptionKind {
  return { ...kind, isNeeded: true };
}

/** Options of somebody else's, which are taken along: Temporal's. */
export interface PassedOn {
  readonly names: readonly string[];
  /** Whether there are no others. If not, a name that is close to none passes. */
  readonly areAll: boolean;
}

/**
 * @param of What takes the options, as its user writes it: `createWorker`.
 * @throws AgentError `INVALID_OPTION` for a name that is not in the table, or a value of another kind. `undefined` is as good
 *   as left out.
 */
export function checkOptions<O>(
  of: string,
  given: unknown,
  table: OptionTable<O>,
  passedOn?: PassedOn,
): asserts given is O {
  if (!isObject(given)) throw wrong(of, '', `${of} takes its options as an object, not ${shown(given)}.`);
  const kinds = table as Readonly<Record<string, OptionKind>>;
  const names = [...Object.keys(kinds), ...(passedOn?.names ?? [])];
  for (const [name, value] of Object.entries(given as object)) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind !== undefined && value !== undefined && !kind.fits(value)) {
      throw wrong(of, name, `The ${name} of ${of} must be ${kind.noun}, not ${shown(value)}.`);
    }
    if (!names.includes(name)) checkUnknown(of, name, names, passedOn);
  }
  for (const [name, { isNeeded, noun }] of Object.entries(kinds)) {
    if (isNeeded === true && (given as Record<string, unknown>)[name] === undefined)
      throw wrong(of, name, `${of} needs ${name}, ${noun}.`);
  }
}

/** Options without those that are undefined, which would replace a default where options are put together. */
export function withoutUndefined<O extends object>(options: O): O {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as O;
}

function checkUnknown(of: string, name: string, names: readonly string[], passedOn: PassedOn | undefined): void {
  const slip = names.find((known) => isClose(name, known));
  if (slip === undefined && passedOn?.areAll === false) return;
  const meant = slip ?? names.find((known) => name.startsWith(known) || known.startsWith(name));
  if (meant !== undefined) throw wrong(of, name, `${of} takes no ${name}. Did you mean ${meant}?`);
  const known = passedOn === undefined ? `only ${names.join(', ')}` : 'and Temporal has no such option';
  throw wrong(of, name, `${of} takes no ${name}, ${known}.`);
}

function wrong(of: string, option: string, message: string): AgentError {
  return new AgentError('INVALID_OPTION', message, { of, option });
}

function shown(value: unknown): string {
  if (typeof value === 'string') return 'a text'; // Which may be a secret, in a wrong place.
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'then' in value ? 'a promise: await it' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}

/** Whether one is the other with a slip or two, or in other cases. */
function isClose(a: string, b: string): boolean {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one === other || distance(one, other) <= (Math.min(one.length, other.length) < 5 ? 1 : 2);
}

/** Letters to add, leave out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_value, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row[b.length] as number;
}
