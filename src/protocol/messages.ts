/**
 * Messages: the names and shapes that a run speaks with the world (DESIGN: the public contract).
 *
 * The Temporal UI, the CLI, our client and anybody's own code send the same ones. A name or a field
 * written here is never changed, only added to.
 *
 * @module
 */
import type { UserContent } from './content';
import type { AnyEvent } from './event';
import type { JsonObject, JsonPrimitive } from './json';
import type { RefusalReason } from './errors';
import type { UsageByModel } from './usage';

export const SIGNALS = {
  answer: 'HumanResponseEvent',
  event: 'sendEvent',
  message: 'sendMessage',
  close: 'close',
} as const;
export const UPDATES = { respond: 'respond', message: 'sendMessage' } as const;
export const QUERIES = {
  events: 'events',
  pendingInputs: 'pendingInputs',
  status: 'status',
  transcript: 'transcript',
  context: 'context',
} as const;

/** The task queue that client and worker use unless told otherwise. */
export const DEFAULT_TASK_QUEUE = 'countersign';

/** What `respond` gives: the question that was settled, and the answer that settled it. */
export interface Settlement {
  readonly inputId: string;
  /** The tool does not wait yet: the answer is judged when it does. */
  readonly isKept?: true;
  readonly answerId?: string;
  /** The answer named no question: this one was the only one open that would take it. */
  readonly isUnnamed?: true;
  /** What the answer said, as a digest. Not there: the run's code is older. */
  readonly said?: string;
}

/** What a refused message is told. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
  /** Ids of the questions that are open now. */
  readonly open: readonly string[];
}

/** What `sendMessage` gives as an update. */
export interface MessagePlace {
  /** In the queue of the conversation: 0 for the first message after the one that it was started with. */
  readonly place: number;
  /** Ids of the questions that are open: the turn before has to end, and does not until they are settled. None: there are none. */
  readonly waitsFor?: readonly string[];
}

export interface EventsPage {
  readonly events: readonly AnyEvent[];
  /** Ask again with `after: next` for what follows. -1 before the first event. */
  readonly next: number;
  /** The lowest `seq` this link of the run can show. */
  readonly oldest: number;
  /** Run id of the link before, which shows those below `oldest`. */
  readonly previous?: string;
  /** There are events after this page already. */
  readonly more?: boolean;
  /** The stream has ended and this page reaches its end. */
  readonly done: boolean;
  /**
   * Some of its events may turn out otherwise, until the server has the workflow task that made them; see {@link Unsettled}.
   * Absent: none of them can.
   */
  readonly unsettled?: Unsettled;
}

/**
 * What the last workflow task has made. The query may have been answered while that task was at another worker: should it
 * be lost there, the next one can make other events, and it knows of no update. They stand as soon as the history has a
 * `WorkflowTaskCompleted` with this `startedEventId` of which no `WorkflowExecutionUpdateAccepted` came; or if it had one
 * with this or a higher one before the page was asked for. In a link that has ended without it they never come, nor does the
 * end that the page may say.
 */
export interface Unsettled {
  /** The task's `WorkflowTaskStarted`, by its event id. */
  readonly task: number;
  /** The lowest `seq` that it has made. */
  readonly from: number;
}

export interface EventsRequest {
  /** Only events with a higher `seq`. Default: -1, all. */
  readonly after?: number;
  /** At most so many. Default and maximum: 1,000. */
  readonly limit?: number;
}

export type FieldKind = 'string' | 'number' | 'boolean' | 'json';

/** A field that an answer must have, or may have. */
export interface ExpectedField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly isOptional?: true;
  /** The only values it takes. */
  readonly choices?: readonly JsonPrimitive[];
}

/** One open question. */
export interface PendingInput {
  readonly inputId: string;
  /** The InputRequiredEvent that asks; none when the tool waits without asking. */
  readonly event?: AnyEvent;
  /** The type an answer must have. An answer without `type` is taken as one. */
  readonly expectedType: string;
  /** The fields that type declares. An answer may hold others too. */
  readonly expectedFields: readonly ExpectedField[];
  /** Fields an answer must equal. */
  readonly requirements: JsonObject;
  /** False while the tool has asked but does not wait yet: an answer that names the question is kept. */
  readonly isWaiting: boolean;
  /** It takes only an answer that names it. */
  readonly isNamed?: true;
  readonly waiterId?: string;
  readonly toolName?: string;
  readonly toolId?: string;
  /** The agents, outermost first, in whose work the question came up. */
  readonly agents: readonly string[];
  /** ISO 8601, UTC. */
  readonly askedAt: string;
  /** ISO 8601, UTC. None: the wait lasts for ever. */
  readonly deadline?: string;
}

export interface RunStatus {
  /** `resting`: a conversation between two turns. */
  readonly state: 'working' | 'waiting' | 'resting' | 'completed' | 'failed' | 'cancelled' | 'timed_out';
  readonly agent?: string;
  /** Model calls so far. */
  readonly step: number;
  readonly openInputs: number;
  /** Events written so far. */
  readonly events: number;
  /** Tokens so far, over the whole chain of a run. Absent: no provider has said. */
  readonly usage?: UsageByModel;
}

/** What a model may be told before the run's own message. */
export type ChatMessage =
  | { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }
  | { readonly role: 'user'; readonly content: UserContent };

/** What a run is started with: this, or a bare string that means `{userMsg}`. */
export interface RunInput {
  /** A text, or a list of parts: images, audio, files. */
  readonly userMsg?: UserContent;
  /** Earlier messages, oldest first. Without `userMsg` its last message must be the user's. */
  readonly chatHistory?: readonly ChatMessage[];
  /** Model calls at most, an integer of 1 or more. Default 20. */
  readonly maxIterations?: number;
  /** `force` or `generate`. Default: the definition's. */
  readonly earlyStoppingMethod?: 'force' | 'generate';
  /** How long the run may take, waiting for people included: milliseconds, or a text such as "2 days". */
  readonly timeout?: number | string;
  /**
   * What `context` gave: the run goes on from there. In the middle of a turn that is all; else `chatHistory` replaces
   * the context's own, and `userMsg` is the next turn's.
   */
  readonly context?: unknown;
  /** The run does not end with its first turn: it takes `sendMessage` until `close`, the first one too. Default: false. */
  readonly conversation?: boolean;
  /** Not yours: what a run hands to itself when it goes on in a new link of its continue-as-new chain. */
  readonly carried?: unknown;
  /** `false`: nobody sees what the model says before its reply is there, agents that tools run included. Default: true. */
  readonly liveTokens?: boolean;
  /**
   * What tools and prompts need to know of this run and the model is not told: who it is for, a tenant, a locale. An
   * object of at most 16 KiB as JSON. Tools have it as `ctx.data` or `call.data`, prompts that are functions as `data`, and so
   * have agents that tools run. It stays the same for as long as the run does. Not in a `context`: give it again. Default: {}.
   */
  readonly data?: JsonObject;
}

/** A tool call of the run, in the order the model made them. Arguments and output are on the stream. */
export interface ToolCallSummary {
  readonly toolId: string;
  readonly toolName: string;
  readonly isError: boolean;
}

/** Why a reply ends before its end: at a limit of its length, or by the provider's filter. */
export type CutOff = 'length' | 'content_filter';

/** What a run gives. The client's handle makes it print as `response`. */
export interface RunResult {
  readonly response: string;
  /** The agent that gave the response. */
  readonly agent: string;
  readonly toolCalls: readonly ToolCallSummary[];
  /** The response was cut off. Absent: it is whole. */
  readonly finishReason?: CutOff;
  /** The outcome as data, when the definition asks for it and the model's data fitted. */
  readonly structuredResponse?: JsonObject;
  /** Tokens of the run so far, agents that tools ran included. Absent: no provider has said. */
  readonly usage?: UsageByModel;
  /** From a handler: the response. */
  toString(): string;
}
