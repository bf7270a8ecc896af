/**
 * Open turn: what a run holds of the turn it is in, and what of it travels in a context.
 *
 * A turn is open from its first model call to its response. Between steps no call is open; within one,
 * each call has its journal, and its output once it has ended.
 *
 * @module
 */
import type { OpenCallJson, OpenTurnJson } from '../../agent';
import type { CutOff, ToolCallSummary } from '../../protocol';
import { Journal } from '../context/journal';
import type { ToolOutput } from './tool-call';

export interface TurnLimits {
  readonly maxIterations: number;
  readonly earlyStoppingMethod: 'force' | 'generate';
}

interface OpenCall {
  readonly journal: Journal;
  output?: ToolOutput;
}

export class OpenTurn {
  readonly limits: TurnLimits;
  readonly toolCalls: ToolCallSummary[];
  /** Model calls so far. */
  used: number;
  /** The steps are used up, and the model is asked for its last word. */
  isLastWord: boolean;
  /** A model call that has not replied yet is made again elsewhere. */
  isAsking = false;
  /** Its response, once it is there: what is left is the outcome as data. */
  response: string | undefined;
  /** Why the response is not whole, when it is not. */
  finishReason: CutOff | undefined;
  #calls = new Map<string, OpenCall>();

  constructor(limits: TurnLimits, from?: OpenTurnJson) {
    this.limits = limits;
    this.toolCalls = [...(from?.toolCalls ?? [])];
    this.used = from?.used ?? 0;
    this.response = from?.response;
    this.finishReason = from?.finishReason;
    this.isLastWord = from?.lastWord ?? false;
  }

  /** The calls of a step begin; `from` is what they did before, in the same order. */
  beginCalls(callIds: readonly string[], from: readonly OpenCallJson[] = []): void {
    this.#calls = new Map(
      callIds.map((callId, nth) => {
        const resumed = from[nth];
        const journal = new Journal(callId, resumed?.journal ?? [], { isResumed: resumed !== undefined });
        return [callId, { journal, ...(resumed?.output === undefined ? {} : { output: resumed.output }) }];
      }),
    );
  }

  endCalls(): void {
    this.#calls.clear();
  }

  /** The turn was ended from outside: so have its calls, whatever their bodies still do. */
  close(): void {
    for (const { journal } of this.#calls.values()) journal.isClosed = true;
  }

  call(callId: string): OpenCall {
    return this.#calls.get(callId) as OpenCall;
  }

  /** @param step The thread's step that is open. */
  toJson(step: number): OpenTurnJson {
    return {
      ...this.limits,
      step,
      used: this.isAsking ? this.used - 1 : this.used,
      toolCalls: [...this.toolCalls],
      calls: [...this.#calls.values()].map(({ journal, output }) => ({
        journal: journal.entries,
        ...(output === undefined ? {} : { output }),
      })),
      ...(this.response === undefined ? {} : { response: this.response }),
      ...(this.finishReason === undefined ? {} : { finishReason: this.finishReason }),
      ...(this.isLastWord ? { lastWord: true } : {}),
    };
  }
}
