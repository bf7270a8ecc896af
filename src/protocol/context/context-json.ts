/**
 * Context JSON: a run's context as data, for a file, a row or another cluster.
 *
 * Versioned: what an earlier release wrote is upgraded when it is read (read-context.ts), so a change
 * here is a new version.
 *
 * @module
 */
import type { AnyEvent } from '../event';
import type { JsonObject } from '../json';
import type { CutOff, ToolCallSummary } from '../messages';
import type { Message } from '../model-call/message';
import type { UsageByModel } from '../usage';
import type { JournalEntry } from './journal-entry';

/** The version that is written. */
export const CONTEXT_VERSION = 3;

export interface ContextJson extends ThreadJson {
  readonly version: typeof CONTEXT_VERSION;
  /** The workflow type it was taken from. */
  readonly workflow: string;
  /** Tokens that were used until then. */
  readonly usage?: UsageByModel;
  /** What the store holds. */
  readonly state: JsonObject;
  /** The questions that were open, and answers that were kept for them. */
  readonly questions?: readonly OpenQuestionJson[];
  /** Questions that are no longer open, so that an answer sent again is still told so. */
  readonly settled?: readonly SettledQuestionJson[];
  /** Events that nothing wanted yet, as they were sent. */
  readonly early?: readonly JsonObject[];
}

/** The conversation of one agent workflow at work: the run's own, or one that a tool runs. */
export interface ThreadJson {
  /** The agent that has the conversation. */
  readonly agent?: string;
  readonly messages: readonly Message[];
  /** Of messages before, which are gone; see `memory`. */
  readonly summary?: string;
  /** When its time is over, of an agent that a tool runs. ISO 8601, UTC. */
  readonly deadline?: string;
  /** The turn that was not over when the context was taken. */
  readonly open?: OpenTurnJson;
}

/** A turn in the middle. */
export interface OpenTurnJson {
  readonly maxIterations: number;
  readonly earlyStoppingMethod: 'force' | 'generate';
  /** The thread's step that is open. */
  readonly step: number;
  /** Model calls that have replied in this turn. */
  readonly used: number;
  readonly toolCalls: readonly ToolCallSummary[];
  /** The calls of the last reply, in its order; none when the model had not replied yet. */
  readonly calls: readonly OpenCallJson[];
  /** The steps are used up, and the last word was asked for. */
  readonly lastWord?: true;
  /** The turn's response, when only its outcome as data was still being made. */
  readonly response?: string;
  /** That response was cut off. */
  readonly finishReason?: CutOff;
}

/** A tool call: its journal, and its output when it has ended. */
export interface OpenCallJson {
  readonly journal: readonly JournalEntry[];
  /** When its body was first entered. Unit: milliseconds since 1970, UTC. */
  readonly began?: number;
  /** The random numbers that its body drew, past its context. */
  readonly randoms?: readonly number[];
  readonly output?: { readonly content: string; readonly isError: boolean };
}

export interface OpenQuestionJson {
  readonly inputId: string;
  readonly askedAt: string;
  readonly event?: AnyEvent;
  readonly asker: {
    readonly callId: string;
    readonly agents: readonly string[];
    readonly toolName?: string;
    readonly toolId?: string;
  };
  /** Answers that came before anything waited, as they were sent. */
  readonly kept?: readonly JsonObject[];
}

export interface SettledQuestionJson {
  readonly inputId: string;
  /** The type of answer it took, and the fields it required. */
  readonly type: string;
  readonly requirements: JsonObject;
  readonly answerId?: string;
  /** The answer's fields as canonical JSON. None: the question timed out. */
  readonly content?: string;
}
