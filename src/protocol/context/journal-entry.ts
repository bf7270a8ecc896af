/**
 * Journal entry: one operation of a tool call, as data.
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

/** What an operation gave, or why it failed. */
export type OperationOutcome =
  | { readonly value?: unknown }
  | { readonly error: { readonly message: string; readonly code?: string; readonly details?: unknown } };

/** One operation, as JSON. Open until it has an `outcome`. */
export interface JournalEntry {
  readonly kind: OperationKind;
  /** How many operations of this call had ended (not at once) when it began. */
  readonly after: number;
  /** A digest of its input, which a re-entered body must repeat. */
  readonly given?: string;
  readonly outcome?: OperationOutcome;
  /** Its place among those that ended. Absent for one that ends at once. */
  readonly ended?: number;
  /** When it ended. Unit: milliseconds since 1970, UTC. */
  readonly at?: number;
  /** What an open operation needs to resume. */
  readonly note?: unknown;
}

/**
 * What is wrong with the outcomes' places. They are delivered in order, so a missing or repeated place would block the
 * rest for ever.
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
