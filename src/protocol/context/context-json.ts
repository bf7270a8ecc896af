/**
 * Context JSON: a run's context as data, for a file, a row or another cluster.
 *
 * Versioned: read-context.ts upgrades what earlier releases wrote, so any change here needs a new version.
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
  /** Tokens used until then. */
  readonly usage?: UsageByModel;
  /** What the store holds. */
  readonly state: JsonObject;
  /** The open questions, and answers kept for them. */
  readonly questions?: readonly OpenQuestionJson[];
  /** Closed questions, so that a repeated answer is still told so. */
  readonly settled?: readonly SettledQuestionJson[];
  /** Events that nothing wanted yet, as they were sent. */
  readonly early?: readonly JsonObject[];
}

/** The conversation of one agent workflow: the run's own, or a nested one. */
export interface ThreadJson {
  /** The current agent. */
  readonly agent?: string;
  readonly messages: readonly Message[];
  /** Of dropped messages; see `memory`. */
  readonly summary?: string;
  /** A nested agent's deadline. ISO 8601, UTC. */
  readonly deadline?: string;
  /** The turn that was open when the context was taken. */
  readonly open?: OpenTurnJson;
}

/** An unfinished turn. */
export interface OpenTurnJson {
  readonly maxIterations: number;
  readonly earlyStoppingMethod: 'force' | 'generate';
  /** The thread's open step. */
  readonly step: number;
  /** Model calls that have replied in this turn. */
  readonly used: number;
  readonly toolCalls: readonly ToolCallSummary[];
  /** The calls of the last reply, in order; none while the model had not replied. */
  readonly calls: readonly OpenCallJson[];
  /** The steps are used up and the last word was asked for. */
  readonly lastWord?: true;
  /** The turn's response, when only its structured outcome was missing. */
  readonly response?: string;
  /** That response was cut off. */
  readonly finishReason?: CutOff;
}

/** A tool call: its journal, and its output once it has ended. */
export interface OpenCallJson {
  readonly journal: readonly JournalEntry[];
  /** When its body was first entered. Unit: milliseconds since 1970, UTC. */
  readonly began?: number;
  /** Random numbers that its body drew without its context. */
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
  /** Answers that came before any wait, as they were sent. */
  readonly kept?: readonly JsonObject[];
}

export interface SettledQuestionJson {
  readonly inputId: string;
  /** The type of answer it took, and the required fields. */
  readonly type: string;
  readonly requirements: JsonObject;
  readonly answerId?: string;
  /** The answer's fields as canonical JSON. Absent: the question timed out. */
  readonly content?: string;
}
