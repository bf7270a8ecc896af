/**
 * Trouble: what keeps a run from going on, seen from outside.
 *
 * A run waits as long as needed for a model, a worker or a server. A person in front of a demo wants to know, so this
 * checks once a second and gives up for them.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { GRPC, grpcErrorOf } from '../connection';
import { failureText, taskFailure } from '../client/server/task-failure';
import { errorText, type AgentErrorCode } from '../protocol';

export interface TroubleOptions {
  readonly client: Client;
  readonly workflowId: string;
  readonly address: string;
  readonly taskQueue: string;
  readonly modelUrl: string;
  /** Called whenever the run has nothing to do, so that it may be waiting for somebody. */
  readonly onIdle: () => void;
  /** Ends the watch quietly. */
  readonly signal: AbortSignal;
}

/** Unit: milliseconds. */
const EVERY_MS = 1000;
/** A server silent for so long is gone. Unit: milliseconds. */
const SERVER_SILENT_MS = 4000;
/** A task that no worker took for so long will not be taken. Unit: milliseconds. */
const UNTAKEN_MS = 10_000;
/** What failed so often will fail again. */
const FAILURES = 3;
/** A workflow task retried for so many looks does not recover by itself. */
const STUCK_LOOKS = 3;
const UNAVAILABLE_MODEL: AgentErrorCode = 'MODEL_UNAVAILABLE';
const SILENCE = new Set<number>([GRPC.cancelled, GRPC.deadlineExceeded, GRPC.resourceExhausted, GRPC.unavailable]);

/** @throws Error with what is wrong and what to do. Resolves when `signal` aborts. */
export async function watchForTrouble(options: TroubleOptions): Promise<void> {
  const { client, workflowId, address, onIdle, signal } = options;
  let stuck = 0;
  await watch(address, signal, async () => {
    const { raw } = await within(client, () => client.workflow.getHandle(workflowId).describe());
    stuck = (raw.pendingWorkflowTask?.attempt ?? 1) > 1 ? stuck + 1 : 0;
    const failure = stuck < STUCK_LOOKS ? undefined : await stuckText(options);
    const trouble = failure ?? (await modelTrouble(raw, options)) ?? untaken(raw, options);
    if (trouble !== undefined) throw new Error(trouble);
    if (!raw.pendingWorkflowTask && !raw.pendingActivities?.length) onIdle();
  });
}

/** Watches a server only. @throws Error when it is gone. Resolves when `signal` aborts. */
export async function watchServer(client: Client, address: string, signal: AbortSignal): Promise<void> {
  await watch(address, signal, async () => {
    await within(client, () => client.workflowService.getSystemInfo({}));
  });
}

async function watch(address: string, signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  let answeredAt = Date.now();
  while (!signal.aborted) {
    try {
      await look();
      answeredAt = Date.now();
    } catch (error) {
      if (signal.aborted) return;
      if (!isSilence(error)) throw error;
      if (Date.now() - answeredAt >= SERVER_SILENT_MS) {
        throw new Error(
          isLimited(error)
            ? `The Temporal server at ${address} takes no more requests now: ${errorText(error)}`
            : `The Temporal server at ${address} does not answer any more: see whether it runs.`,
          { cause: error },
        );
      }
    }
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

function within<T>(client: Client, request: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + SERVER_SILENT_MS, request);
}

type Description = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>['raw'];

async function modelTrouble(raw: Description, { client, modelUrl }: TroubleOptions): Promise<string | undefined> {
  const failing = raw.pendingActivities?.find(
    ({ attempt, lastFailure }) =>
      (attempt ?? 0) > FAILURES && lastFailure?.applicationFailureInfo?.type === UNAVAILABLE_MODEL,
  );
  if (failing === undefined) return undefined;
  return `The model at ${modelUrl} failed ${FAILURES} times: see whether it runs, and check OPENAI_BASE_URL. (${await failureText(client, failing.lastFailure ?? {})})`;
}

/** Why its workflow task fails. `undefined` when no worker has said: it may only be slow. */
async function stuckText({ client, workflowId, taskQueue }: TroubleOptions): Promise<string | undefined> {
  const why = (await taskFailure(client, workflowId))?.replace(/\.$/, '');
  if (why === undefined) return undefined;
  return `A worker of the task queue "${taskQueue}" cannot run this: ${why}. Mend it, or choose another queue with --task-queue.`;
}

function untaken({ pendingWorkflowTask: task }: Description, { taskQueue }: TroubleOptions): string | undefined {
  const scheduledAt = Number(task?.scheduledTime?.seconds ?? 0) * 1000;
  if (!task || task.startedTime || scheduledAt === 0 || Date.now() - scheduledAt < UNTAKEN_MS) return undefined;
  return `No worker takes the run from the task queue "${taskQueue}": start one that serves it.`;
}

function isSilence(error: unknown): boolean {
  return SILENCE.has(grpcErrorOf(error)?.code ?? 0);
}

function isLimited(error: unknown): boolean {
  return grpcErrorOf(error)?.code === GRPC.resourceExhausted;
}
