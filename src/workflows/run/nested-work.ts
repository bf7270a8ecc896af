/**
 * Nested work: an agent that a tool runs, as the run sees it.
 *
 * @module
 */

/** A call that cannot be entered again, and what it began without its context. */
import type { TranscriptPage } from '../../protocol';
export interface ReachedOut {
  readonly callId: string;
  readonly what: string;
}

export interface NestedWork {
  readonly reachedOut: ReachedOut | undefined;
  page(from: number, upTo: number): TranscriptPage;
  /** Called when the tool call that runs it has ended. */
  end(): void;
}
