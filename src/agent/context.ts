/**
 * Context: a tool's, or a hand-written workflow's, access to its run.
 *
 * Every operation is kept in the journal of its tool call under the id `step.call.nth`, so a re-entered body repeats
 * none.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import type { AnyEvent, ChatMessage, EventDefinition, EventOf, JsonObject, RunResult, UserContent } from '../protocol';
import type { AgentWorkflow, EarlyStoppingMethod } from './agent';
import type { ActivityTool } from './tool';

export interface WaitOptions {
  /**
   * Fields that the event must equal. `null` means absent or null. The reserved names `type seq id time inputId
   * answerId` are refused. Default: none.
   */
  readonly requirements?: JsonObject;
  /** The question, written to the stream and claimed by this wait at once. */
  readonly waiterEvent?: AnyEvent;
  /** A name for this wait, shown to whoever answers. */
  readonly waiterId?: string;
  /**
   * Only take an answer that names this question by its `inputId`. Default: false, a single open question needs no
   * name.
   */
  readonly named?: boolean;
  /** How long to wait, more than zero. Default: for ever. */
  readonly timeout?: Duration;
}

/** What an agent is to do: one turn. */
export interface AgentTask {
  /** A text, or a list of parts. */
  readonly userMsg?: UserContent;
  /** Earlier messages, oldest first. Without `userMsg` its last message must be the user's. */
  readonly chatHistory?: readonly ChatMessage[];
  /** Model calls at most, an integer of 1 or more. Default: the agent's own. */
  readonly maxIterations?: number;
  /** Default: the agent's own. */
  readonly earlyStoppingMethod?: EarlyStoppingMethod;
  /** How long it may take, including waits for people. Default: the agent's own. */
  readonly timeout?: Duration;
}

export interface Context<State extends object = JsonObject, Data extends object = JsonObject> {
  /** The run's `data`, which the model is not told. Frozen. `{}` when there is none. */
  readonly data: Data;

  /**
   * Write an event to the stream.
   *
   * Durable, in order, once. An InputRequiredEvent becomes a question with its own `inputId`; the next wait of this
   * tool call that fits claims it.
   *
   * @returns The event as written, with its stamps.
   * @throws AgentError `INVALID_EVENT` for what is no event, or one that only the run may write.
   */
  writeEventToStream(event: AnyEvent): AnyEvent;

  /**
   * Wait for an event.
   *
   * Durable: a wait outlives workers and deployments and costs nothing while it lasts. One event settles one wait. Code
   * before this call never runs again. Cancelling the surrounding CancellationScope withdraws its question.
   *
   * A wait that loses a race stays open and takes the next answer that fits. To remind somebody, race the same promise
   * again; to give up, use `timeout`:
   *
   *     const answer = ctx.waitForEvent(HumanResponseEvent, { waiterEvent });
   *     while (!(await Promise.race([answer.then(() => true), ctx.sleep('1 day').then(() => false)]))) remind();
   *     return (await answer).response;
   *
   * @param definition What to wait for. Types that extend it match too.
   * @returns The event as it was sent.
   * @throws AgentError `INPUT_TIMED_OUT` when `timeout` passes first; a later answer is refused as `late`.
   */
  waitForEvent<F>(definition: EventDefinition<F>, options?: WaitOptions): Promise<EventOf<F>>;

  /**
   * Send an event to the waits of this run, as if from outside.
   *
   * An event that no wait wants yet is kept. An answer is not: it cannot precede its question.
   *
   * @throws AgentError `ANSWER_REFUSED` when it settles nothing and is not kept.
   */
  sendEvent(event: AnyEvent): void;

  /**
   * Run an activity tool.
   *
   * @throws AgentError `TOOL_FAILED` when it failed or did not report back.
   */
  callTool<Args, Result, Sent = Args>(tool: ActivityTool<Args, Result, Sent>, args: NoInfer<Sent>): Promise<Result>;

  /**
   * Run an agent for one turn within this run.
   *
   * It has its own conversation; stream, store and questions are the run's. Its questions, at any depth, are pending
   * inputs of the run, with the agents down to it, and are answered like any other. The worker must know the agent:
   * export it from the workflows module, or give it to `agentTool`.
   *
   * @param task What it is to do; a text is its user message.
   * @throws AgentError What its turn failed with, such as `MAX_ITERATIONS` or `RUN_TIMED_OUT`; `INVALID_INPUT` for an
   *   unusable task; `LIMIT_EXCEEDED` when agents run each other more than 8 deep.
   */
  runAgent(agent: AgentWorkflow, task: AgentTask | string): Promise<RunResult>;

  /** Wait on a durable timer. */
  sleep(duration: Duration): Promise<void>;

  /** Values that the run remembers between tool calls, shared by its agents. Synchronous; JSON, checked on set. */
  readonly store: Store<State>;

  /** The run's clock. Unit: milliseconds since 1970, UTC. The same on every replay. */
  now(): number;

  /** A number from 0 up to 1. The same on every replay. */
  random(): number;
}

export interface Store<State extends object = JsonObject> {
  get<Key extends string & keyof State>(key: Key): State[Key] | undefined;
  get<Key extends string & keyof State>(key: Key, fallback: NonNullable<State[Key]>): NonNullable<State[Key]>;
  /** @throws AgentError `INVALID_JSON` when the value is not JSON. */
  set<Key extends string & keyof State>(key: Key, value: State[Key]): void;
  delete(key: string & keyof State): void;
  keys(): readonly string[];
}
