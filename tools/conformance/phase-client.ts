/**
 * Phase client: the client side of one phase. It starts the runs, watches them, plays the people.
 *
 * It holds nothing that another process could not find again by the runs' ids.
 *
 * @module
 */
import { type AgentClient, isAgentError, type WorkflowHandler } from 'countersign/client';
import { askWorker } from './ask-worker';
import { typePath } from './event-types';
import { Follow } from './follow';
import type { EventTypes, Phase, Run } from './scenario';

export interface PhasePlan {
  readonly address: string;
  readonly namespace: string;
  readonly taskQueue: string;
  /** The workflow's name. */
  readonly workflow: string;
  readonly types: EventTypes;
  readonly phase: Phase;
  /** The runs so far, by id; the last one is gone on with. null: a run that could not even start. */
  readonly runs: readonly (string | null)[];
  /** Whether the last of them was left to itself by a process that was killed, or was to be. */
  readonly wasStopped: boolean;
  readonly timeoutMs?: number;
}

/** What it tells of itself. */
export type Report =
  /** The id of a run it has started; null: it could not be started. */
  | { readonly type: 'run'; readonly workflowId: string | null }
  /** Something was sent. `error`: to its sender it failed. */
  | { readonly type: 'sent'; readonly error?: string }
  /** Kill this process, and the worker. */
  | { readonly type: 'stop' }
  | { readonly type: 'done' };

/** A worker that is killed in the middle of a task is found out so soon. */
const TASK_TIMEOUT = '5 seconds';

export class PhaseClient {
  readonly #client: AgentClient;
  readonly #plan: PhasePlan;
  readonly #report: (report: Report) => void;
  readonly #runs: (string | null)[];
  #begin!: (follow: Follow | undefined) => void;
  #following!: Promise<Follow | undefined>;

  constructor(client: AgentClient, plan: PhasePlan, report: (report: Report) => void) {
    this.#client = client;
    this.#plan = plan;
    this.#report = report;
    this.#runs = [...plan.runs];
    this.#next();
  }

  async perform(): Promise<void> {
    const { phase } = this.#plan;
    for (const [nth, run] of phase.runs.entries()) {
      const resumed = nth === 0 ? await this.#resumed(run) : undefined;
      const handler = resumed ?? (await this.#start(run));
      if (handler !== undefined) await this.#follow(run, handler, resumed !== undefined);
      this.#begin(undefined);
      if (nth < phase.runs.length - 1) this.#next();
    }
    this.#report({ type: 'done' });
  }

  /** Resolves when a model that was asked now may reply: after so long, and not before people were so far. */
  async holdModel(delayMs: number): Promise<void> {
    await (await this.#following)?.holdModel(delayMs);
  }

  #next(): void {
    this.#following = new Promise((resolve) => {
      this.#begin = resolve;
    });
  }

  async #follow(run: Run, handler: WorkflowHandler, isResumed: boolean): Promise<void> {
    const { types, timeoutMs } = this.#plan;
    const watched = {
      client: this.#client,
      handler,
      run,
      isResumed,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    const follow = new Follow(watched, {
      send: async ({ type, data }) => {
        try {
          await handler.sendEvent({ ...data, type: typePath(type, types) });
          this.#report({ type: 'sent' });
        } catch (error) {
          this.#report({ type: 'sent', error: isAgentError(error) ? error.code : String(error) });
        }
      },
      cancel: () => handler.cancel(),
      stop: () => {
        this.#report({ type: 'stop' });
        return new Promise<never>(() => undefined);
      },
    });
    const whole = follow.whole();
    this.#begin(follow);
    await whole;
  }

  /** The last run, when it is to be gone on with: what an open run is given as input has no place in it. */
  async #resumed(run: Run): Promise<WorkflowHandler | undefined> {
    const { phase, wasStopped } = this.#plan;
    const last = this.#runs.at(-1);
    if (last == null) return undefined;
    const hasInput = run.user_msg != null || run.chat_history != null;
    const { status } = await this.#client.temporal.workflow.getHandle(last).describe();
    const goesOn = status.name === 'RUNNING' ? phase.resume || !hasInput : wasStopped && !hasInput;
    return goesOn ? this.#client.getHandler(last) : undefined;
  }

  /** The first run, or the next turn of the last one. */
  async #start(run: Run): Promise<WorkflowHandler | undefined> {
    const { workflow, taskQueue } = this.#plan;
    const last = this.#runs.findLast((workflowId) => workflowId !== null);
    try {
      const handler = await this.#client.run(workflow, runInput(run, await this.#contextOf(last)), {
        taskQueue,
        workflowTaskTimeout: TASK_TIMEOUT,
      });
      this.#runs.push(handler.workflowId);
      this.#report({ type: 'run', workflowId: handler.workflowId });
      return handler;
    } catch {
      this.#runs.push(null);
      this.#report({ type: 'run', workflowId: null });
      return undefined;
    }
  }

  async #contextOf(workflowId: string | null | undefined): Promise<Context | undefined> {
    if (workflowId == null) return undefined;
    return await askWorker(this.#client, () => this.#client.getHandler(workflowId).context());
  }
}

type Context = Awaited<ReturnType<WorkflowHandler['context']>>;

function runInput(run: Run, context: Context | undefined): object {
  const { user_msg: userMsg, chat_history: chatHistory } = run;
  return {
    ...(run.max_iterations == null ? {} : { maxIterations: run.max_iterations }),
    ...(run.early_stopping_method == null ? {} : { earlyStoppingMethod: run.early_stopping_method }),
    ...(userMsg == null ? {} : { userMsg }),
    ...(chatHistory == null ? {} : { chatHistory }),
    ...(context === undefined ? {} : { context }),
  };
}
