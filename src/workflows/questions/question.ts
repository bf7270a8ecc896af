/**
 * Question: the types of what a run asks and what comes in answer.
 *
 * @module
 */
import type { AnyEvent, EventDefinition, JsonObject, Refusal } from '../../protocol';

/** Who asks, as people are shown it. `callId` is the tool call that owns the question. */
export interface Asker {
  readonly callId: string;
  readonly agents: readonly string[];
  readonly toolName?: string;
  readonly toolId?: string;
  readonly args?: JsonObject;
  /** For a nested agent: the digest of the call that runs it. */
  readonly origin?: string;
}

export interface Expectation {
  readonly definition: Pick<EventDefinition<never>, 'type' | 'schema'>;
  readonly requirements: JsonObject;
  /** Only an answer with the question's id fits. */
  readonly isNamed?: true;
  readonly waiterId?: string;
  /** ISO 8601, UTC. */
  readonly deadline?: string;
}

/** A question's event or, for a wait without one, its expectation. */
export interface Asked {
  readonly event?: AnyEvent;
  readonly expectation?: Expectation;
}

export interface Incoming {
  /** Without stamps. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Absent: it takes the type of the wait that it settles, which must be a HumanResponseEvent. */
  readonly type?: string;
  readonly inputId?: string;
  readonly answerId?: string;
  /** A reset reapplied it. */
  readonly isReapplied?: true;
  /** A field that would be lost, because the stream uses its name for a stamp. */
  readonly lost?: string;
  /** A field that names a question but is not called `inputId`. */
  readonly misnamed?: string;
  readonly problem?: string;
  /** The message as text, at most 1 KB. */
  readonly received: string;
  readonly bytes: number;
}

export interface Question {
  readonly inputId: string;
  readonly asker: Asker;
  readonly askedAt: string;
  readonly event?: AnyEvent;
  /** Absent until something waits. */
  expectation?: Expectation;
  /** Answers that came before the wait, in order. They are judged when it begins. */
  readonly kept: Incoming[];
  /** Once set, the question is no longer open. */
  answer?: AnyEvent;
}

export type Verdict =
  | { readonly kind: 'settles' | 'kept'; readonly inputId: string }
  /** Kept: no wait wants this event yet. */
  | { readonly kind: 'early' }
  | ({ readonly kind: 'refused' } & Refusal);

/** A kept answer that its wait did not take. */
export interface RefusedAnswer {
  readonly incoming: Incoming;
  readonly refusal: Refusal;
}
