/**
 * Limits: every number that bounds what a run accepts or keeps, with its unit and its reason.
 *
 * Changing one changes what a replayed run does: raise them only together with a golden history.
 *
 * @module
 */
export const LIMITS = {
  /** Levels. Deeper JSON has no honest use here, and recursion over it must stay far from the stack's end. */
  jsonDepth: 64,
  /** Bytes of one answer, event or user message. Temporal warns at 256 KiB a payload and stops at 2 MiB. */
  messageBytes: 256 * 1024,
  /** Bytes of one tool's output: it goes to the model, and into one page of the `events` query. */
  toolOutputBytes: 1024 * 1024,
  /** Bytes kept of a refused message on the stream, so that refusing costs a run next to nothing. */
  refusedKeptBytes: 1024,
  /** User messages that wait for their turn in a conversation. */
  queuedMessages: 100,
  /** Events sent before any wait wants them. */
  earlyEvents: 100,
  /** Bytes of those events together. */
  earlyBytes: 1024 * 1024,
  /** Settled questions remembered to tell `duplicate`, `conflict` and `late` apart. */
  settledQuestions: 1000,
  /** Bytes of their answers' contents together; the oldest are forgotten first. */
  settledBytes: 1024 * 1024,
  /** Open questions of one run. `pendingInputs` must fit in one query result. */
  openQuestions: 500,
  /** Bytes in one page of the `events` or `transcript` query. A query result ends at 2 MiB. */
  pageBytes: 1024 * 1024,
  /** Events in one page of the `events` query. */
  pageEvents: 1000,
  /** Bytes of transcript that are handed to the model activity directly instead of by query. */
  inlineTranscriptBytes: 2048,
  /** Bytes of the card on the run's page in the Temporal UI. */
  cardBytes: 8 * 1024,
  /** Model calls in one turn, unless the run says otherwise (LlamaIndex's own default). */
  maxIterations: 20,
} as const;
