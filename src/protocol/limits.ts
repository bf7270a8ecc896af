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
  /** Values in one piece of JSON, the inner ones too: more than any payload holds. */
  jsonValues: 4_000_000,
  /** Levels of a context: it holds values of the run, inside of open tool calls, inside of agents that tools run. */
  contextDepth: 192,
  /** Bytes of one answer, event or user message. Temporal warns at 256 KiB a payload and stops at 2 MiB. */
  messageBytes: 256 * 1024,
  /** Parts of one user message: OpenAI takes 500 images in a request. */
  contentParts: 500,
  /** Characters of a URL in a message; signed ones have some thousand. */
  urlChars: 8192,
  /** Characters of a file's name, as file systems have it. */
  fileNameChars: 255,
  /** Bytes of one tool's output or arguments, as JSON: an output goes into one page of the `events` query. */
  toolOutputBytes: 1024 * 1024,
  /** Bytes of one model reply, as JSON: it is a payload, an event and a message of the transcript. */
  modelReplyBytes: 1024 * 1024,
  /** Bytes of what a provider wants to have back with a reply: it is told with every call of the conversation. */
  providerFieldsBytes: 256 * 1024,
  /** Bytes of a provider's own words. It can say anything, and at any length. */
  providerWordsBytes: 2000,
  /** Replies in a row that nobody can use, after which the turn fails: each is paid for. */
  unusableReplies: 3,
  /**
   * History events, its bytes, and signals of one link of a run, after which it goes on in a new one even with calls
   * open: well below what Temporal allows (51,200, 50 MiB, 10,000).
   */
  linkEvents: 25_000,
  linkBytes: 25 * 1024 * 1024,
  linkSignals: 2000,
  /** Signals of any name, for the same reason. */
  linkAllSignals: 4000,
  /** Updates of one link after which it goes on in a new one, and those after which it takes none: Temporal allows 2,000. */
  linkUpdates: 1000,
  lastUpdate: 1990,
  /**
   * History events, and its bytes, at which a run fails that holds too much to go on in a new link. Temporal terminates it at
   * 51,200 and 50 MiB, without a word to those who follow it.
   */
  lastEvents: 49_000,
  lastBytes: 47.5 * 1024 * 1024,
  /** Bytes of a context that is taken out. A query result ends at 2 MiB. */
  contextBytes: 1.9 * 1024 * 1024,
  /** Bytes that a run carries from link to link. A payload ends at 2 MiB. */
  carriedBytes: 1.5 * 1024 * 1024,
  /** Agents that run each other, one inside the other: deeper is a circle. */
  agentDepth: 8,
  /** Activities of one run at a time; others wait. Temporal allows 2,000, and agents inside of agents multiply. */
  runningActivities: 500,
  /** Tool calls of one reply that are run. */
  callsPerReply: 100,
  /** Tool calls that a result lists: the last ones. A result is one payload. */
  resultToolCalls: 1000,
  /** Random numbers that a tool call draws and that go along with its journal; an uuid4 takes four. */
  keptRandoms: 1000,
  /** Bytes of what the store holds: it may be told to the model, and goes into a context. */
  storeBytes: 256 * 1024,
  /** Bytes of the data that a run is started with, as JSON. It goes with every call of an activity tool. */
  dataBytes: 16 * 1024,
  /** Bytes of what a prompt that is a function gives. */
  promptBytes: 256 * 1024,
  /** Levels a model's arguments may have less than other JSON, because events wrap them. */
  wrapDepth: 8,
  /** Characters of a `type`, an `inputId` or an `answerId` that is sent to a run. */
  nameChars: 200,
  /** Answers kept for a question that is asked and not yet waited for. */
  keptAnswers: 10,
  /** Bytes of the message of an error or a refusal: it may quote what was sent, and is told to models and people. */
  messageTextBytes: 4 * 1024,
  /** Bytes of what a schema has against one field, for the same reason. */
  schemaIssueBytes: 500,
  /** Bytes of a value of which all that is wrong is said. A schema can find a million things wrong with a larger one. */
  fullyCheckedBytes: 16 * 1024,
  /** Bytes kept of a refused message on the stream, so that refusing costs a run next to nothing. */
  refusedKeptBytes: 1024,
  /** User messages that wait for their turn in a conversation. */
  queuedMessages: 100,
  /** Bytes of those messages together. They are carried from link to link. */
  queuedBytes: 512 * 1024,
  /** Events sent before any wait wants them. */
  earlyEvents: 100,
  /** Bytes of those events together. They go into a context. */
  earlyBytes: 512 * 1024,
  /** Bytes of all messages together that are kept for later: early events, answers to questions not waited for, the queue. */
  heldBytes: 768 * 1024,
  /** Settled questions remembered to tell `duplicate`, `conflict` and `late` apart. */
  settledQuestions: 1000,
  /** Bytes of their answers' contents together; the oldest are forgotten first. They go into a context. */
  settledBytes: 256 * 1024,
  /** Open questions of one run. `pendingInputs` must fit in one query result. */
  openQuestions: 500,
  /** Bytes of their events together, for the same reason. */
  openBytes: 1024 * 1024,
  /** Bytes of all that `pendingInputs` gives. A query result ends at 2 MiB. */
  pendingBytes: 1.9 * 1024 * 1024,
  /** Bytes in one page of the `events` or `transcript` query. A query result ends at 2 MiB. */
  pageBytes: 1024 * 1024,
  /** Events in one page of the `events` query. */
  pageEvents: 1000,
  /** Bytes of transcript that are handed to the model activity directly instead of by query. */
  inlineTranscriptBytes: 2048,
  /** Characters of what a model has said so far that others can see. A heartbeat that fails a call goes into its history. */
  liveTextChars: 16 * 1024,
  /** Bytes of the card on the run's page in the Temporal UI. */
  cardBytes: 8 * 1024,
  /** Model calls in one turn, unless the run says otherwise (LlamaIndex's own default). */
  maxIterations: 20,
} as const;
