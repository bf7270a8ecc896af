/**
 * Question: what a run asks and what comes in answer, as data.
 *
 * Types only, which every file of this room knows.
 *
 * @module
 */
import type { AnyEvent, EventDefinition, JsonObject, Refusal } from '../../protocol';

/** Who asks, as the person who answers is shown it. `callId` is the tool call that owns the question. */
export interface Asker {
  readonly callId: string;
  readonly agents: readonly string[];
  readonly toolName?: string;
  readonly toolId?: string;
  /** What the tool was called with. */
  readonly args?: JsonObject;
  /** The digest of the call that runs the agent, where a tool runs it. */
  readonly origin?: string;
}

/** What a wait expects. */
export interface Expectation {
  readonly definition: Pick<EventDefinition<never>, 'type' | 'schema'>;
  readonly requirements: JsonObject;
  /** Only an answer that names the question will do. */
  readonly isNamed?: true;
  readonly waiterId?: string;
  /** ISO 8601, UTC. */
  readonly deadline?: string;
}

/** What a question asks: its event, or for a wait without one what the wait expects. */
export interface Asked {
  readonly event?: AnyEvent;
  readonly expectation?: Expectation;
}

/** An event or answer as it came from outside. */
export interface Incoming {
  /** What was sent, without stamps. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Without one it takes the type of the wait it settles, which must be a HumanResponseEvent. */
  readonly type?: string;
  readonly inputId?: string;
  readonly answerId?: string;
  /** It came with a reset, which gives a run again what it was sent before. */
  readonly isReapplied?: true;
  /** A field that would be lost: the stream has its name for a stamp. */
  readonly lost?: string;
  /** A field that names a question, and is not called `inputId`. */
  readonly misnamed?: string;
  /** Why it cannot be used at all. */
  readonly problem?: string;
  /** What was sent, as text, at most 1 KB of it. */
  readonly received: string;
  /** The size of all of it. */
  readonly bytes: number;
}

export interface Question {
  readonly inputId: string;
  readonly asker: Asker;
  readonly askedAt: string;
  readonly event?: AnyEvent;
  /** What the wait expects. Absent while nothing waits yet. */
  expectation?: Expectation;
  /** Answers that came before the wait began, in order: judged when it begins. */
  readonly kept: Incoming[];
  /** What the wait is given. The question is no longer open. */
  answer?: AnyEvent;
}

/** What becomes of an event or answer. */
export type Verdict =
  | { readonly kind: 'settles' | 'kept'; readonly inputId: string }
  /** No wait wants this event yet; it is kept for one that will. */
  | { readonly kind: 'early' }
  | ({ readonly kind: 'refused' } & Refusal);
