/**
 * Workflow handler: a caller's access to a run.
 *
 * Holds only the run's id, so any process can have one at any time, and losing it loses nothing.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import {
  AgentError,
  type AnyEvent,
  extendsType,
  HumanResponseEvent,
  isAgentError,
  type PendingInput,
  QUERIES,
  readContent,
  type RunResult,
  type RunStatus,
  SIGNALS,
  type Settlement,
  UPDATES,
  type UserContent,
  type ContextJson,
} from '../protocol';
import { toAnswerError, toClientError, toQueryError, toResultError } from './requests/client-error';
import { askRun } from './requests/ask-run';
import { eventStream } from './stream/event-stream';
import { checkClient } from './options';
import { outcomeOf } from './outcome';
import { sendUpdate } from './requests/send-update';
import { checkSent, isOutcomeOf } from './requests/sent-answer';
import { ShownQuestions } from './requests/shown-questions';

export interface StreamOptions {
  /** Only events with a higher `seq`. Default: all of them. */
  readonly after?: number | undefined;
  /** `false`: no AgentStream events, and no requests for them. Default: true. */
  readonly tokens?: boolean | undefined;
  /** Ends the stream quietly. */
  readonly signal?: AbortSignal | undefined;
}

/** @typeParam Result What the run gives; for an agent a RunResult, which prints as its response. */
export class WorkflowHandler<Result = RunResult> {
  readonly workflowId: string;
  readonly #client: Client;
  readonly #firstExecutionRunId: string | undefined;
  readonly #streams: Set<AbortController>;
  readonly #shown = new ShownQuestions();

  /**
   * @param firstExecutionRunId Known to the starter of the run: results are then that run's, not a later one's of the
   *   same id.
   * @param streams The client's open streams, which it ends on close.
   */
  constructor(client: Client, workflowId: string, firstExecutionRunId?: string, streams = new Set<AbortController>()) {
    this.#client = client;
    this.workflowId = workflowId;
    this.#firstExecutionRunId = firstExecutionRunId;
    this.#streams = streams;
  }

  /**
   * Follow the run, to its last event.
   *
   * Every durable event comes once, in order, for any number of watchers, however late. A missing worker only delays
   * the stream. A link's part of the stream begins again when Temporal retries the link, when its database is restored
   * from an older copy, when the run is reset (after a RunReset event), and for an `after` beyond the run's events. The
   * stream ends with the run, whatever is reset later. A RunStuck event says that a worker cannot go on with the run.
   *
   * @throws AgentError `RUN_NOT_FOUND`.
   */
  streamEvents(options: StreamOptions = {}): AsyncIterableIterator<AnyEvent, void, void> {
    checkClient.stream(options);
    const stop = new AbortController();
    const events = this.#events(options, stop);
    // A plain generator could not be left while it waits for an event.
    return {
      next: () => events.next(),
      return: async () => {
        stop.abort();
        return await events.return();
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  async *#events(
    { after = -1, tokens = true, signal }: StreamOptions,
    stop: AbortController,
  ): AsyncGenerator<AnyEvent, void, void> {
    const abort = (): void => stop.abort();
    if (signal?.aborted === true) return;
    signal?.addEventListener('abort', abort);
    this.#streams.add(stop);
    try {
      for await (const event of eventStream(this.#client, this.workflowId, { after, tokens, signal: stop.signal })) {
        this.#shown.see(event);
        yield event;
      }
    } catch (error) {
      throw await toClientError(error, this.#client, this.workflowId);
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#streams.delete(stop);
      abort();
    }
  }

  /**
   * Answer a question and learn whether the answer was taken. Any number at a time: they are sent a few at a time.
   *
   * @param question The InputRequiredEvent as it was streamed, a pending input, or an `inputId`.
   * @param answer A text, or the answer's fields. With your own `answerId` it is safe to send again.
   * @returns The question that was settled.
   * @throws AgentError `ANSWER_REFUSED` with the reason and the open questions; nothing has changed. `conflict`:
   *   another answer has this `answerId`, even after the run has ended.
   * @throws AgentError `OUTCOME_UNKNOWN` when no worker took it within 10 s; `RUN_STUCK` when a worker cannot go on
   *   with the run.
   * @throws AgentError `RUN_PAUSED`, or `LIMIT_EXCEEDED` for one of Temporal's limits; it was not taken.
   * @throws AgentError `RUN_ENDED` or `RUN_NOT_FOUND`.
   */
  async respond(
    question: string | { readonly inputId?: string },
    answer: string | { readonly response?: unknown; readonly [field: string]: unknown },
  ): Promise<Settlement> {
    const inputId = typeof question === 'string' ? question : question.inputId;
    const fields = typeof answer === 'string' ? { response: answer } : answer;
    const answerId = typeof fields['answerId'] === 'string' ? fields['answerId'] : crypto.randomUUID();
    const event = { ...fields, ...(inputId === undefined ? {} : { inputId }), answerId };
    checkSent(event);
    let settled: Settlement;
    try {
      settled = await sendUpdate(
        this.#client,
        this.workflowId,
        async () =>
          await this.#handle().executeUpdate<Settlement, [object]>(UPDATES.respond, {
            args: [event],
            updateId: answerId,
          }),
      );
    } catch (error) {
      throw await toAnswerError(error, this.#client, this.workflowId, answerId);
    }
    // Temporal remembers updates by id, so this may be the outcome of another answer with this answerId.
    if (!isOutcomeOf(settled, event)) {
      const message = `The answerId "${answerId}" was used by another answer, to the question "${settled.inputId}", which stands: give each answer an answerId of its own.`;
      throw new AgentError('ANSWER_REFUSED', message, { reason: 'conflict', open: [] });
    }
    this.#shown.answered(settled.inputId);
    return settled;
  }

  /**
   * Send an event, as a signal: kept while no worker runs. An answer that settles nothing becomes an AnswerRefused
   * event on the stream; `respond` reports it at once.
   *
   * An answer without an `inputId` gets that of the question which this handler's streams have shown, when it can be
   * meant for exactly one. Otherwise the run decides, and marks it on the stream (AnswerUnnamed).
   *
   * @throws AgentError `RUN_ENDED` or `RUN_NOT_FOUND`.
   */
  async sendEvent(event: AnyEvent): Promise<void> {
    const isAnswer = extendsType(event.type, HumanResponseEvent.type);
    if (!isAnswer) {
      checkSent(event);
      await this.#signal(SIGNALS.event, event);
      return;
    }
    const { inputId = this.#shown.meantBy(event), answerId = crypto.randomUUID() } = event;
    const sent = { ...event, ...(inputId === undefined ? {} : { inputId }), answerId };
    checkSent(sent);
    await this.#signal(SIGNALS.answer, sent);
    if (inputId !== undefined) this.#shown.answered(inputId);
  }

  /**
   * Send a further user message to a conversation, as a signal: kept while no worker runs. When taken it is a
   * UserMessage event, whose `waitsFor` names the questions that must be answered first.
   *
   * @param content A text, or a list of parts: images, audio, files.
   * @throws AgentError `INVALID_INPUT` for parts that no run takes; `INVALID_JSON` for more than 256 KiB; `RUN_ENDED`
   *   or `RUN_NOT_FOUND`.
   */
  async sendMessage(content: UserContent): Promise<void> {
    const sent = typeof content === 'string' ? { text: content } : { content: checked(content) };
    checkSent(sent);
    await this.#signal(SIGNALS.message, sent);
  }

  /** End a conversation after its queued messages. @throws AgentError `RUN_ENDED` or `RUN_NOT_FOUND`. */
  async close(): Promise<void> {
    await this.#signal(SIGNALS.close);
  }

  /** The open questions. @throws AgentError `NO_WORKER` when no worker answers within 30 s; `RUN_STUCK` or `RUN_PAUSED`. */
  async pendingInputs(): Promise<readonly PendingInput[]> {
    return await this.#query<readonly PendingInput[]>(QUERIES.pendingInputs);
  }

  /** Where the run is. @throws AgentError `NO_WORKER` when no worker answers within 30 s; `RUN_STUCK` or `RUN_PAUSED`. */
  async status(): Promise<RunStatus> {
    return await this.#query<RunStatus>(QUERIES.status);
  }

  /**
   * The run's context, at any time, as JSON for a file or a row. `client.run(workflow, {userMsg, context})` continues
   * an ended run with its next turn, `client.run(workflow, {context})` one in the middle, in any cluster: open
   * questions keep their ids, and no tool repeats what it did. Two runs from one context do not disturb each other;
   * cancel the first if only one may go on.
   *
   * @throws AgentError `NO_WORKER` when no worker answers within 30 s; `RUN_STUCK` or `RUN_PAUSED`.
   */
  async context(): Promise<ContextJson> {
    return await this.#query<ContextJson>(QUERIES.context);
  }

  /**
   * Wait for the run's result, however long a worker is missing or stuck. Of a run that was reset, the result since
   * then. An ended run needs no worker.
   *
   * @throws AgentError `RUN_FAILED` (its `details.cause` is the code it failed with), `RUN_CANCELLED`,
   *   `RUN_TERMINATED`, `RUN_TIMED_OUT` or `RUN_NOT_FOUND`.
   */
  async result(): Promise<Result> {
    try {
      return printable(await outcomeOf(this.#client, this.workflowId, this.#firstExecutionRunId)) as Result;
    } catch (error) {
      throw await toResultError(error, this.#client, this.workflowId);
    }
  }

  /**
   * Ask the run to stop. Its model request is aborted and its stream ends with a WorkflowCancelledEvent. No effect on a
   * run that has ended.
   *
   * @throws AgentError `RUN_NOT_FOUND`.
   */
  async cancel(): Promise<void> {
    try {
      await this.#handle().cancel();
    } catch (error) {
      const known = await toClientError(error, this.#client, this.workflowId);
      if (!isAgentError(known, 'RUN_ENDED')) throw known;
    }
  }

  async #signal(name: string, ...args: readonly object[]): Promise<void> {
    try {
      await this.#handle().signal(name, ...args);
    } catch (error) {
      throw await toClientError(error, this.#client, this.workflowId);
    }
  }

  async #query<Result>(name: string): Promise<Result> {
    try {
      return await askRun(this.#client, this.workflowId, async () => await this.#handle().query<Result>(name));
    } catch (error) {
      throw await toQueryError(error, this.#client, this.workflowId);
    }
  }

  #handle() {
    return this.#client.workflow.getHandle(
      this.workflowId,
      undefined,
      this.#firstExecutionRunId === undefined ? {} : { firstExecutionRunId: this.#firstExecutionRunId },
    );
  }
}

/** Refuses before sending what the run would refuse. */
function checked(content: UserContent): UserContent {
  const read = readContent(content);
  if ('content' in read) return read.content;
  throw new AgentError('INVALID_INPUT', `The message cannot be sent: its content is wrong, ${read.problem}.`, {});
}

function printable(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || !('response' in result)) return result;
  return Object.defineProperty(result, 'toString', { value: () => String(result.response), enumerable: false });
}
