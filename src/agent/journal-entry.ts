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

export type Outcome =
  | { readonly value?: unknown }
  | { readonly error: { readonly message: string; readonly code?: string; readonly details?: unknown } };

/** One operation. Open until `outcome` is there. JSON, so that it can travel. */
export interface JournalEntry {
  readonly kind: OperationKind;
  /** How many operations of this call had ended, other than at once, when it began. */
  readonly after: number;
  readonly outcome?: Outcome;
  /** Its place among those that ended; none for one that ends at once. */
  readonly ended?: number;
  /** What an open operation needs to be taken up again. */
  readonly note?: unknown;
}
