/**
 * Nested work: an agent that a tool runs, as the run sees it.
 *
 * @module
 */
import type { TranscriptPage } from '../../protocol';

/** What a call did without its context, so that it cannot be entered again. */
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
