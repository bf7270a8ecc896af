/**
 * Results: replaces an undecodable activity result by one that our code refuses.
 *
 * Operators complete and fail activities by hand, with any bytes. Only model calls and activity tools are touched.
 *
 * While the key is missing, the workflow task fails until a worker has it. Any other refusal that another worker might
 * not make is recorded in history and stands in every replay.
 *
 * @module
 */
import type { Payload } from '@temporalio/common';
import { patched, type WorkflowInternalsInterceptor, workflowInfo } from '@temporalio/workflow';
import { activityTypeOf } from '../../agent';
import { MODEL_ACTIVITY, errorText, messageText, unreadableReason } from '../../protocol';
import { isReadableElsewhere, replaced, tryDecoding, waitForKey } from './payloads';
import { sdk } from './sdk';

interface Failure {
  readonly message?: string | null;
  readonly source?: string | null;
  readonly activityFailureInfo?: { readonly activityType?: { readonly name?: string | null } | null } | null;
  readonly applicationFailureInfo?: object | null;
  readonly timeoutFailureInfo?: { lastHeartbeatDetails?: object | null } | null;
  readonly cause?: Failure | null;
}

interface Resolution {
  readonly seq?: number | null;
  readonly result?: {
    readonly completed?: { result?: Payload | null } | null;
    readonly failed?: { failure?: Failure | null } | null;
    readonly cancelled?: { failure?: Failure | null } | null;
  } | null;
}

/** Must see all commands. */
export function guardingResults(): WorkflowInternalsInterceptor {
  /** The types of our open activities, by number. */
  const ours = new Map<number, string>();
  return {
    activate(input, next) {
      for (const { resolveActivity } of input.activation.jobs ?? []) {
        const type = ours.get(resolveActivity?.seq ?? -1);
        if (resolveActivity && type !== undefined) guardResult(resolveActivity, type);
        ours.delete(resolveActivity?.seq ?? -1);
      }
      next(input);
    },
    concludeActivation(input, next) {
      for (const { scheduleActivity } of input.commands) {
        const { seq, activityType } = scheduleActivity ?? {};
        if (typeof seq === 'number' && isOurs(activityType)) ours.set(seq, activityType);
      }
      return next(input);
    },
  };
}

function isOurs(type: string | null | undefined): type is string {
  return type === MODEL_ACTIVITY || type?.startsWith(activityTypeOf('')) === true;
}

function guardResult({ seq, result }: Resolution, type: string): void {
  const record = `countersign-unreadable-result-${seq}`;
  if (result?.completed?.result) result.completed.result = guarded(result.completed.result, record);
  for (const ended of [result?.failed, result?.cancelled]) {
    if (ended?.failure) ended.failure = guardedFailure(ended.failure, type, record);
  }
}

function guarded(payload: Payload, record: string): Payload {
  const [tried] = tryDecoding([payload]);
  if (tried === undefined) return payload;
  const isRefused = isRecorded(record, isReadableElsewhere(tried), tried.isEncrypted === true, tried.problem);
  const one = isRefused ? { problem: 'the worker that it came to could not', ...tried } : tried;
  return replaced([one])[0] as Payload;
}

function guardedFailure(failure: Failure, type: string, record: string): Failure {
  // Nobody reads heartbeat details, and they can hold anything.
  for (let one: Failure | null | undefined = failure; one; one = one.cause) {
    if (one.timeoutFailureInfo) one.timeoutFailureInfo.lastHeartbeatDetails = null;
  }
  const problem = problemOf(failure);
  const isEncrypted = problem !== undefined && unreadableReason(problem) !== undefined;
  if (!isRecorded(record, problem !== undefined, isEncrypted, problem)) return failure;
  const said = failure.cause?.message || 'It failed';
  return {
    message: 'Activity task failed',
    activityFailureInfo: { ...failure.activityFailureInfo, activityType: { name: type } },
    cause: {
      message: messageText(
        `${said} (the rest of its failure cannot be decoded: ${problem ?? 'the worker that it came to could not'})`,
      ),
      applicationFailureInfo: { type: 'Undecodable', nonRetryable: true },
    },
  };
}

function problemOf(failure: Failure): string | undefined {
  try {
    sdk()?.failureToError(failure);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

/**
 * Whether this worker refuses it, or the first one did.
 *
 * @throws Error To wait for a worker with the key.
 */
function isRecorded(record: string, isRefused: boolean, isEncrypted: boolean, problem: string | undefined): boolean {
  if (workflowInfo().unsafe.isReplaying) {
    if (patched(record)) return true;
    if (isRefused) throw waitForKey(problem);
    return false;
  }
  if (isRefused && isEncrypted) throw waitForKey(problem);
  return isRefused && patched(record);
}
