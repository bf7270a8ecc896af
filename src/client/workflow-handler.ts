/**
 * Workflow handler: the caller's grip on a run.
 *
 * Holds nothing of the run but its id, so any process can have one at any time, and losing it loses
 * nothing.
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
  /** `false`: no AgentStream events, and nothing is asked for their sake. Default: true. */
  readonly tokens?: boolean | undefined;
  /** Ends the stream, quietly. */
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
   * @param firstExecutionRunId Known to the one who started the run: a result is then that run's, not a later one's of the same id.
   * @param streams Where its open streams are kept, for the client that ends them.
   */
  constructor(client: Client, workflowId: string, firstExecutionRunId?: string, streams = new Set<AbortController>()) {
    this.#client = client;
    this.workflowId = workflowId;
    this.#firstExecutionRunId = firstExecutionRunId;
    this.#streams = streams;
  }

  /**
   * Follow the run. Ends after its last event.
   *
   * Every durable event once, in order, however many watch, however late. A missing worker only delays it. Where Temporal
   * tries a link of the run again, or its database was put back to an older copy, that link's part of the stream begins
   * again; so it does for an `after` above all that the run has. So it does, after a RunReset event, when the run is reset
   * while it is watched; the end of a run is its last event, whatever is reset later. A RunStuck event says that a worker
   * cannot go on with the run.
   *
   * @throws AgentError `RUN_NOT_FOUND`.
   */
  streamEvents(options: StreamOptions = {}): AsyncIterableIterator<AnyEvent, void, void> {
    checkClient.stream(options);
    const stop = new AbortController();
    const events = this.#events(options, stop);
    // A plain generator would let nobody leave while it waits for the next event.
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
   * Answer a question, and hear whether the answer was taken. Many at a time are sent a few at a time.
   *
   * @param question The InputRequiredEvent as it was streamed, a pending input, or an `inputId`.
   * @param answer A text, or the answer's fields. With your own `answerId` it can be sent again safely.
   * @returns The question that was settled.
   * @throws AgentError `ANSWER_REFUSED` with the reason and the open questions; nothing has changed then. `conflict` when
   *   another answer has this `answerId`, also once the run has ended.
   * @throws AgentError `OUTCOME_UNKNOWN` when no worker took it within 10 s; `RUN_STUCK` when a worker cannot go on with the run.
   * @throws AgentError `RUN_PAUSED`, or `LIMIT_EXCEEDED` for one of Temporal's limits; it was not taken then.
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
    // Temporal remembers an update by its id: this may be what another answer of this answerId did.
    if (!isOutcomeOf(settled, event)) {
      const message = `The answerId "${answerId}" is that of another answer, to the question "${settled.inputId}", which stands: give each answer an answerId of its own.`;
      throw new AgentError('ANSWER_REFUSED', message, { reason: 'conflict', open: [] });
    }
    this.#shown.answered(settled.inputId);
    return settled;
  }

  /**
   * Send an event, as a signal: kept while no worker runs. An answer that settles nothing is an
   * AnswerRefused event on the stream; to hear of it at once, use `respond`.
   *
   * An answer without an `inputId` is given that of the question which a stream of this handler has shown, when there is
   * exactly one that it can be meant for. Without one, the run decides, and marks it on the stream (AnswerUnnamed).
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
   * Send a further user message to a conversation, as a signal: kept while no worker runs. It is a
   * UserMessage event on the stream when it was taken, which says in `waitsFor` the questions that must be answered first.
   *
   * @param content A text, or a list of parts: images, audio, files.
   * @throws AgentError `INVALID_INPUT` for parts that no run takes; `INVALID_JSON` for more than 256 KiB; `RUN_ENDED` or `RUN_NOT_FOUND`.
   */
  async sendMessage(content: UserContent): Promise<void> {
    const sent = typeof content === 'string' ? { text: content } : { content: checked(content) };
    checkSent(sent);
    await this.#signal(SIGNALS.message, sent);
  }

  /** End a conversation after the messages that are queued. @throws AgentError `RUN_ENDED` or `RUN_NOT_FOUND`. */
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
   * The run's context, as JSON for a file or a row; at any time. `client.run(workflow, {userMsg, context})` goes on
   * with the next turn of one that had ended, `client.run(workflow, {context})` with one in the middle, in any
   * cluster: open questions stay open under their ids, and nothing that a tool has done is done again. Two runs from
   * one context do not disturb each other; cancel the first one if only one may go on.
   *
   * @throws AgentError `NO_WORKER` when no worker answers within 30 s; `RUN_STUCK` or `RUN_PAUSED`.
   */
  async context(): Promise<ContextJson> {
    return await this.#query<ContextJson>(QUERIES.context);
  }

  /**
   * Wait for the run's result, however long a worker is missing or stuck; of a run that was reset, for what it gives since.
   * Needs no worker once it has ended.
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
   * Ask the run to stop. Its model request is aborted, its stream ends with a WorkflowCancelledEvent. A run
   * that has ended is left as it is.
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

/** What the run would refuse is refused before it is sent. */
function checked(content: UserContent): UserContent {
  const read = readContent(content);
  if ('content' in read) return read.content;
  throw new AgentError('INVALID_INPUT', `The message cannot be sent: its content is wrong, ${read.problem}.`, {});
}

function printable(result: unknown): unknown {
  if (typeof result !== 'object' || result === null || !('response' in result)) return result;
  return Object.defineProperty(result, 'toString', { value: () => String(result.response), enumerable: false });
}
