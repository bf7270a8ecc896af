/**
 * Nested work: an agent that a tool runs, as the run sees it.
 *
 * @module
 */

/** A call that cannot be entered again, and what it began without its context. */
import type { TranscriptPage } from '../../protocol';
export interface OutsideEffect {
  readonly callId: string;
  readonly what: string;
}

export interface NestedWork {
  readonly outsideEffect: OutsideEffect | undefined;
  page(from: number, upTo: number): TranscriptPage;
  /** Called when the tool call that runs it has ended. */
  end(): void;
}
