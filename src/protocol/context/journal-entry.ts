/**
 * Journal entry: one operation of a tool call, as data that can travel.
 *
 * @module
 */
export const OPERATION_KINDS = [
  'write',
  'wait',
  'send',
  'tool',
  'agent',
  'sleep',
  'get',
  'set',
  'keys',
  'now',
  'random',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

const LASTING_KINDS: readonly OperationKind[] = ['wait', 'tool', 'agent', 'sleep'];

export type Outcome =
  | { readonly value?: unknown }
  | { readonly error: { readonly message: string; readonly code?: string; readonly details?: unknown } };

/** One operation. Open until `outcome` is there. JSON, so that it can travel. */
export interface JournalEntry {
  readonly kind: OperationKind;
  /** How many operations of this call had ended, other than at once, when it began. */
  readonly after: number;
  /** A digest of what the operation was given: entered again, the body must give it the same. */
  readonly given?: string;
  readonly outcome?: Outcome;
  /** Its place among those that ended; none for one that ends at once. */
  readonly ended?: number;
  /** When it ended. Unit: milliseconds since 1970, UTC. */
  readonly at?: number;
  /** What an open operation needs to be taken up again. */
  readonly note?: unknown;
}

/**
 * Say what is wrong with the places of the outcomes. They are given one after the other: after a place that is missing,
 * or there twice, none would ever be given.
 */
export function journalProblem(journal: readonly JournalEntry[]): string | undefined {
  const places = new Set<number>();
  for (const [nth, { kind, outcome, ended }] of journal.entries()) {
    const hasPlace = outcome !== undefined && LASTING_KINDS.includes(kind);
    if (hasPlace && ended === undefined) return `operation ${nth} ("${kind}") has an outcome and no "ended"`;
    if (!hasPlace && ended !== undefined) return `operation ${nth} ("${kind}") has an "ended" and should have none`;
    if (ended === undefined) continue;
    if (places.has(ended)) return `two operations have "ended" ${ended}`;
    places.add(ended);
  }
  for (let place = 0; place < places.size; place += 1) {
    if (!places.has(place)) return `${places.size} operations have ended, and none has "ended" ${place}`;
  }
  return undefined;
}
