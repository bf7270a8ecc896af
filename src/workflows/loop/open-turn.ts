/**
 * Open turn: a turn from its first model call to its response, and what of it travels in a context.
 *
 * @module
 */
import type { CutOff, ToolCallSummary, OpenCallJson, OpenTurnJson } from '../../protocol';
import { Body } from '../context/body';
import { Journal } from '../context/journal';
import type { OutsideEffect } from '../run/nested-work';

export interface TurnLimits {
  readonly maxIterations: number;
  readonly earlyStoppingMethod: 'force' | 'generate';
}

export interface ToolOutput {
  readonly content: string;
  readonly isError: boolean;
}

export interface OpenCall {
  readonly body: Body;
  readonly journal: Journal;
  output?: ToolOutput;
}

export class OpenTurn {
  readonly limits: TurnLimits;
  readonly toolCalls: ToolCallSummary[];
  /** Model calls so far. */
  used: number;
  /** No steps are left: the model is asked for a last reply without tools. */
  isLastWord: boolean;
  /** A model call is open. Elsewhere it is made again. */
  isAsking = false;
  /** The response. Only the structured outcome may be missing. */
  response: string | undefined;
  /** Why the response is cut off, if it is. */
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

  /**
   * @param from What the calls did before, in the same order.
   * @param diverged Called when a body does something else than before. @returns The error that the body gets.
   */
  beginCalls(
    callIds: readonly string[],
    from: readonly OpenCallJson[] = [],
    diverged?: (problem: string) => Error,
  ): void {
    this.#calls = new Map(
      callIds.map((callId, nth) => {
        const before = from[nth];
        const { journal: entries = [], output, began, randoms } = before ?? {};
        const journal = new Journal(callId, entries, {
          isResumed: before !== undefined,
          ...(began === undefined ? {} : { began }),
          ...(diverged === undefined ? {} : { diverged }),
        });
        return [callId, { journal, body: new Body(journal, randoms), ...(output === undefined ? {} : { output }) }];
      }),
    );
  }

  get outsideEffect(): OutsideEffect | undefined {
    for (const [callId, { body, output }] of this.#calls) {
      if (body.outsideEffect !== undefined && output === undefined) return { callId, what: body.outsideEffect };
    }
    return undefined;
  }

  endCalls(): void {
    this.#calls.clear();
  }

  /** The turn was ended from outside, and its calls with it, whatever their bodies still do. */
  close(): void {
    for (const { journal } of this.#calls.values()) journal.isClosed = true;
  }

  call(callId: string): OpenCall {
    return this.#calls.get(callId) as OpenCall;
  }

  /** @param step The thread's open step. */
  toJson(step: number): OpenTurnJson {
    return {
      ...this.limits,
      step,
      used: this.isAsking ? this.used - 1 : this.used,
      toolCalls: [...this.toolCalls],
      calls: [...this.#calls.values()].map(({ journal, body, output }) => ({
        journal: journal.entries,
        began: journal.began,
        ...(body.randoms.length === 0 ? {} : { randoms: [...body.randoms] }),
        ...(output === undefined ? {} : { output }),
      })),
      ...(this.response === undefined ? {} : { response: this.response }),
      ...(this.finishReason === undefined ? {} : { finishReason: this.finishReason }),
      ...(this.isLastWord ? { lastWord: true } : {}),
    };
  }
}
