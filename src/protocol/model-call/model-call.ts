/**
 * Model call: what the workflow asks of the model activity, and what it gets.
 *
 * Both are written to history with every step, so they hold nothing that can be read elsewhere: the
 * prompt and the schemas are on the worker, the conversation is read by a query of the run itself.
 *
 * @module
 */
import type { JsonObject } from '../json';
import type { CutOff } from '../messages';
import type { Usage } from '../usage';
import type { Message, ModelToolCall, ProviderFields } from './message';

/**
 * What a model call is for, when it is not the next step: `final`, the last word without tools when the
 * steps are used up; `structured`, the conversation's outcome as data of the definition's `output`; `summary`, of messages
 * that the model is told no more.
 */
export type ModelPurpose = 'final' | 'structured' | 'summary';

export interface ModelCall {
  /** The agent workflow it is of, when that is not the run's own. */
  readonly workflow?: string;
  /** And the module that makes the call does not export that workflow: a worker that does not know it never will. */
  readonly isUnexported?: true;
  /** The thread whose transcript it reads, when that is not the run's own. */
  readonly thread?: string;
  readonly agent: string;
  readonly purpose?: ModelPurpose;
  /** Tell the model the messages of the transcript from this index on. Default: 0. */
  readonly from?: number;
  /** And before them those of these indexes. */
  readonly also?: readonly number[];
  /** Tell it none from this index on. */
  readonly upTo: number;
  /** Those messages themselves, while they are few. */
  readonly messages?: readonly Message[];
  /** Of messages before, when `messages` are given. */
  readonly summary?: string;
  /** The store, and the run's data, for prompts that are told of them, when `messages` are given. */
  readonly state?: JsonObject;
  readonly data?: JsonObject;
  /**
   * By what its worker may have them from the run, where `messages` are not given. Another one each time that the run's
   * code comes here: of two tries of one workflow task, the one that does not count may have said something else.
   */
  readonly handed?: string;
  /** How many unusable replies came before. */
  readonly unusableBefore?: number;
  /** The run wants nobody to see what the model says before its reply is there. */
  readonly liveTokens?: false;
}

export interface ModelReply {
  readonly content: string;
  readonly toolCalls?: readonly ModelToolCall[];
  /** Why the text is not whole, when it is not. */
  readonly finishReason?: CutOff;
  /** Why nobody can use the reply. It is asked for again. */
  readonly unusable?: string;
  readonly provider?: ProviderFields;
  /** Which model replied, when it was not the first of its `llm`: its title. */
  readonly answeredBy?: string;
  /** Absent when the provider does not report it. */
  readonly usage?: Usage;
  /** Of a `structured` call; none when the model's data did not fit. */
  readonly structured?: JsonObject;
  /** The worker that asked the model has looked at its tool calls. Absent when somebody completed the call by hand. */
  readonly isChecked?: true;
}
