/**
 * Describe: what Temporal knows of one execution, without a worker.
 *
 * @module
 */
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { GRPC, grpcErrorOf } from '../../connection';

export interface Described {
  readonly runId: string;
  /** Shared by all executions of a run: its links and resets. */
  readonly firstRunId: string;
  /** Temporal's number. */
  readonly status: number;
  /** When it began; for a reset, the time of the reset. Unit: milliseconds, as of Date.now(). */
  readonly startedAt: number;
  /** The execution that replaced it. */
  readonly resetRunId?: string;
  readonly taskQueue: string;
  /** The attempt of its current workflow task. 0 without one. */
  readonly attempt: number;
}

/** @param runId Default: the latest of the workflow id. @returns `undefined` when there is none. */
export async function describe(client: Client, workflowId: string, runId?: string): Promise<Described | undefined> {
  const execution = runId === undefined ? { workflowId } : { workflowId, runId };
  try {
    const { namespace } = client.options;
    return described(await client.workflowService.describeWorkflowExecution({ namespace, execution }));
  } catch (error) {
    if (grpcErrorOf(error)?.code === GRPC.notFound) return undefined;
    throw error;
  }
}

function described(response: temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse): Described {
  const { workflowExecutionInfo: info, workflowExtendedInfo, executionConfig, pendingWorkflowTask } = response;
  const resetRunId = workflowExtendedInfo?.resetRunId;
  return {
    runId: info?.execution?.runId ?? '',
    firstRunId: info?.firstRunId ?? '',
    status: info?.status ?? 0,
    startedAt: Number(info?.startTime?.seconds ?? 0) * 1000 + (info?.startTime?.nanos ?? 0) / 1e6,
    ...(resetRunId ? { resetRunId } : {}),
    taskQueue: executionConfig?.taskQueue?.name ?? '',
    attempt: pendingWorkflowTask?.attempt ?? 0,
  };
}
