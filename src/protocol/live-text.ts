/**
 * Live text: what a model has said so far of a reply that is not there yet.
 *
 * The model activity puts it into its heartbeat details, and readers find it in the run's description: so
 * it costs no history. It is gone when the reply is there.
 *
 * @module
 */

/** Temporal's activity type of a model call. */
export const MODEL_ACTIVITY = 'callModel';

export interface LiveText {
  readonly agent: string;
  /** As on the call's AgentInput, which it is told apart by. None: the run's own thread. */
  readonly thread?: string;
  /** As on the call's AgentInput. */
  readonly upTo: number;
  /** From 1. Each begins its text again. */
  readonly attempt: number;
  /** Characters of the reply before `text`. Unit: UTF-16 code units, as a JavaScript string's length. */
  readonly offset: number;
  /** The last of what was said: at most LIMITS.liveTextChars. */
  readonly text: string;
}
