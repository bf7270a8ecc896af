/**
 * Read ahead: keeps a run from acting on history that no workflow task has delivered.
 *
 * A query can bring events whose workflow task has not started. The SDK's core applies them to answer it, with the time
 * and flags of the previous task, where a replay would not. Watchers would see events that change later, and a run that
 * continues as new in only one of the two would stall for good.
 *
 * So the query fails and the cached run is evicted; asked again, the query waits for the task. A terminated run may
 * have no such task, so after a few failures its queries are answered without those events.
 *
 * @module
 */
import type { ActivateInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { READ_AHEAD } from '../../protocol';
import { isHistoryJob } from './history-jobs';

/** After so many failures for the same undelivered events, queries are answered without them. */
const FAILED_QUERIES = 5;
/** How many places in histories the count is kept for. */
const REMEMBERED = 100;
/** Shared by all runs of a worker: evicted runs do not outlive the count. No run's behaviour depends on it. */
const failedQueries = new Map<string, number>();

/** @param spoil Makes the workflow task fail, by a command that Temporal refuses. */
export function withoutReadingAhead(spoil: () => void): WorkflowInternalsInterceptor {
  let task: TaskPlace | undefined;
  let hasSkipped = false;
  let hasHistoryJobs = false;
  return {
    activate(input, next) {
      const now = taskOf(input);
      hasHistoryJobs ||= input.activation.jobs?.some(isHistoryJob) === true;
      if (isQuery(input)) {
        // A task may have brought nothing but the query.
        if (!hasSkipped) task = now;
        return next(input);
      }
      // A task can have a second activation, but none that brings more history.
      const isAhead = task !== undefined && now.startedAt === task.startedAt && now.length > task.length;
      if (isAhead && input.activation.isReplaying !== true) {
        if (!hasSkipped && failuresBefore(`${input.activation.runId} ${now.length}`) < FAILED_QUERIES) {
          throw new Error(READ_AHEAD);
        }
        // If there is a task after all, this copy must not complete it.
        if (!hasSkipped) spoil();
        hasSkipped = true;
      } else if (hasSkipped && now.startedAt !== task?.startedAt) throw new Error(READ_AHEAD);
      if (hasSkipped) return;
      task = now;
      next(input);
    },
    concludeActivation(input, next) {
      // A task with only refused updates is withdrawn with its events; other events take their place.
      const isRefusal = input.commands.some(({ updateResponse }) => updateResponse?.rejected != null);
      if (task !== undefined && isRefusal && !hasHistoryJobs) task = { ...task, length: -1 };
      hasHistoryJobs = false;
      return next(input);
    },
  };
}

/** @returns How often it had failed before. */
function failuresBefore(events: string): number {
  const times = failedQueries.get(events) ?? 0;
  failedQueries.delete(events);
  failedQueries.set(events, times + 1);
  const [oldest] = failedQueries.keys();
  if (failedQueries.size > REMEMBERED && oldest !== undefined) failedQueries.delete(oldest);
  return times;
}

interface TaskPlace {
  /** The start time, and the bytes of history before it: together unique in a run. */
  readonly startedAt: string;
  readonly length: number;
}

function taskOf({ activation: { timestamp, historySizeBytes, historyLength } }: ActivateInput): TaskPlace {
  return {
    startedAt: `${String(timestamp?.seconds)}.${timestamp?.nanos} ${String(historySizeBytes)}`,
    length: historyLength ?? 0,
  };
}

function isQuery({ activation: { jobs } }: ActivateInput): boolean {
  return (jobs ?? []).every(({ queryWorkflow }) => queryWorkflow != null);
}
