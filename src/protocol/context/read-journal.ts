/**
 * Read journal: reads the journal of an open tool call from wherever a context was kept.
 *
 * Strictly, by kind of operation, because notes are trusted when operations resume.
 *
 * @module
 */
import * as v from 'valibot';
import { extendsType, isEvent, schemaProblem } from '../event';
import { RUN_EVENTS } from '../events';
import { isPlainObject } from '../json';
import { type JournalEntry, OPERATION_KINDS, type OperationKind, journalProblem } from './journal-entry';

/** The last moment of a Date. Unit: milliseconds since 1970. */
const END_OF_TIME = 8.64e15;

export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
export const moment = v.pipe(v.number(), v.minValue(0), v.maxValue(END_OF_TIME));
/** ISO 8601. */
export const timestamp = v.pipe(
  v.string(),
  v.check((text) => !Number.isNaN(Date.parse(text)), 'it is no time'),
);

const outcome = v.union([
  v.strictObject({
    error: v.strictObject({ message: v.string(), code: v.optional(v.string()), details: v.optional(v.unknown()) }),
  }),
  v.strictObject({ value: v.optional(v.unknown()) }),
]);

export const journalEntry = v.strictObject({
  kind: v.picklist(OPERATION_KINDS),
  after: count,
  given: v.optional(v.string()),
  outcome: v.optional(outcome),
  ended: v.optional(count),
  at: v.optional(moment),
  note: v.optional(v.unknown()),
});

/** The note of each kind of open operation. An agent's is its thread, read with the threads. */
const NOTES: Partial<Record<OperationKind, v.GenericSchema>> = {
  wait: v.strictObject({ inputId: v.string(), deadline: v.optional(timestamp) }),
  tool: v.strictObject({ idempotencyKey: v.string() }),
  sleep: v.strictObject({ until: moment }),
  agent: v.looseObject({}),
};

/** What is wrong with a well-formed journal. */
export function contentProblem(journal: readonly JournalEntry[]): string | undefined {
  const places = journalProblem(journal);
  if (places !== undefined) return places;
  for (const [nth, entry] of journal.entries()) {
    const problem = noteProblem(entry) ?? valueProblem(entry);
    if (problem !== undefined) return `operation ${nth} ("${entry.kind}") ${problem}`;
  }
  return undefined;
}

function noteProblem({ kind, note, outcome: ended }: JournalEntry): string | undefined {
  if (note === undefined) return undefined;
  const schema = NOTES[kind];
  if (schema === undefined || ended !== undefined) return 'has a note and should have none';
  const problem = schemaProblem(schema, note);
  return problem === undefined ? undefined : `has a note that cannot be used, ${problem}`;
}

/** Checks what was written or awaited: only a run writes its own events. */
function valueProblem({ kind, outcome: ended }: JournalEntry): string | undefined {
  if ((kind !== 'write' && kind !== 'wait') || ended === undefined || 'error' in ended) return undefined;
  const { value } = ended;
  if (!isPlainObject(value) || !isEvent(value)) return 'has an outcome that is no event';
  const own = RUN_EVENTS.find(({ type }) => extendsType(value.type, type));
  return own === undefined ? undefined : `has an outcome of the type ${own.type}, which only a run itself writes`;
}
