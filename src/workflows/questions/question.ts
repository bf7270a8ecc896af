/**
 * Question: what a run asks and what comes in answer, as types.
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
  /** The arguments of the tool call. */
  readonly args?: JsonObject;
  /** The digest of the call that runs the agent, for a nested agent. */
  readonly origin?: string;
}

/** What a wait expects. */
export interface Expectation {
  readonly definition: Pick<EventDefinition<never>, 'type' | 'schema'>;
  readonly requirements: JsonObject;
  /** Only an answer that names the question fits. */
  readonly isNamed?: true;
  readonly waiterId?: string;
  /** ISO 8601, UTC. */
  readonly deadline?: string;
}

/** What a question asks: its event or, for a wait without one, its expectation. */
export interface Asked {
  readonly event?: AnyEvent;
  readonly expectation?: Expectation;
}

/** An event or answer as it came from outside. */
export interface Incoming {
  /** The fields that were sent, without stamps. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Without one it takes the type of the wait it settles, which must be a HumanResponseEvent. */
  readonly type?: string;
  readonly inputId?: string;
  readonly answerId?: string;
  /** A reset reapplied it. */
  readonly isReapplied?: true;
  /** A field that would be lost, because the stream uses its name for a stamp. */
  readonly lost?: string;
  /** A field that names a question but is not called `inputId`. */
  readonly misnamed?: string;
  /** Why it cannot be used at all. */
  readonly problem?: string;
  /** What was sent, as text of at most 1 KB. */
  readonly received: string;
  /** The size of the whole message. */
  readonly bytes: number;
}

export interface Question {
  readonly inputId: string;
  readonly asker: Asker;
  readonly askedAt: string;
  readonly event?: AnyEvent;
  /** What the wait expects. Absent until something waits. */
  expectation?: Expectation;
  /** Answers that came before the wait, in order. The wait judges them when it begins. */
  readonly kept: Incoming[];
  /** What the wait receives. The question is no longer open. */
  answer?: AnyEvent;
}

/** What becomes of an event or answer. */
export type Verdict =
  | { readonly kind: 'settles' | 'kept'; readonly inputId: string }
  /** No wait wants this event yet; it is kept. */
  | { readonly kind: 'early' }
  | ({ readonly kind: 'refused' } & Refusal);
