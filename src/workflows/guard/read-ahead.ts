/**
 * Read ahead: keeps a run from acting on history that no workflow task has brought.
 *
 * A query that waits for a worker is handed the history as it is then. When signals or results have come meanwhile, whose
 * workflow task has not been started, the SDK's core applies them for the query, at the time and with the flags of the task
 * before. What the run then does is in no history, and its replay does otherwise: a watcher sees events that are others
 * later, and a run that continues as new in the one and not in the other stands still for good.
 *
 * So such a query fails, and the worker's copy of the run with it: asked again, it waits for the task, and is answered.
 * A run that was terminated before its last news were taken has no such task; there the news are left out, as what is
 * asked again and again without any is.
 *
 * @module
 */
import type { ActivateInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { READ_AHEAD } from '../../protocol';
import { isNews } from './news';

/** Queries that fail for the same news. Afterwards they are answered without. */
const FAILED_QUERIES = 5;
/** Of those, the last ones are remembered: by run and place in its history. */
const REMEMBERED = 100;
/** Shared by all runs of a worker, as the copies do not outlive what is counted. Changes nothing that a run does. */
const failedQueries = new Map<string, number>();

/** One for each run that a worker holds. @param spoil Gives the next task a command that Temporal refuses. */
export function withoutReadingAhead(spoil: () => void): WorkflowInternalsInterceptor {
  let task: TaskPlace | undefined;
  let hasMissed = false;
  let hasNews = false;
  return {
    activate(input, next) {
      const now = taskOf(input);
      hasNews ||= input.activation.jobs?.some(isNews) === true;
      if (isQuery(input)) {
        // A task may have brought nothing but this.
        if (!hasMissed) task = now;
        return next(input);
      }
      // Of the same task there can be a second activation, but none that brings more of the history.
      const isAhead = task !== undefined && now.startedAt === task.startedAt && now.length > task.length;
      if (isAhead && input.activation.isReplaying !== true) {
        if (!hasMissed && hasFailed(`${input.activation.runId} ${now.length}`) < FAILED_QUERIES) {
          throw new Error(READ_AHEAD);
        }
        // Should there be a task after all, this copy must not go on with it; one that brings nothing more never comes
        // here, and ends with what is commanded now.
        if (!hasMissed) spoil();
        hasMissed = true;
      } else if (hasMissed && now.startedAt !== task?.startedAt) throw new Error(READ_AHEAD);
      if (hasMissed) return;
      task = now;
      next(input);
    },
    concludeActivation(input, next) {
      // A task with nothing but refused updates is taken back, and so are its events: what takes their place is no part of it.
      const isRefusal = input.commands.some(({ updateResponse }) => updateResponse?.rejected != null);
      if (task !== undefined && isRefusal && !hasNews) task = { ...task, length: -1 };
      hasNews = false;
      return next(input);
    },
  };
}

/** @returns How often it had. */
function hasFailed(news: string): number {
  const times = failedQueries.get(news) ?? 0;
  failedQueries.delete(news);
  failedQueries.set(news, times + 1);
  const [oldest] = failedQueries.keys();
  if (failedQueries.size > REMEMBERED && oldest !== undefined) failedQueries.delete(oldest);
  return times;
}

interface TaskPlace {
  /** When it was started, and after how many bytes of history: no two of a run have both. */
  readonly startedAt: string;
  /** Events of the history that have been applied. */
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
