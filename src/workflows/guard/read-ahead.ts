/**
 * Read ahead: keeps a run from acting on history that no workflow task has delivered.
 *
 * A query that waits for a worker gets the history of that moment. If signals or results came whose workflow task has
 * not started, the SDK's core applies them to answer the query, with the time and flags of the previous task. A replay
 * does otherwise: watchers would see events that change later, and a run that continues as new in only one of the two
 * would stall for good.
 *
 * So the query fails, and the cached copy with it; asked again, it waits for the task. A terminated run may have no
 * such task. After a few failures its queries are answered without the undelivered part.
 *
 * @module
 */
import type { ActivateInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { READ_AHEAD } from '../../protocol';
import { isNews } from './news';

/** Failed queries for the same undelivered events, after which they are answered without. */
const FAILED_QUERIES = 5;
/** How many of those are remembered, by run and place in its history. */
const REMEMBERED = 100;
/**
 * Shared by all runs of a worker, because the cached copies do not outlive the count. No run's behaviour depends on it.
 */
const failedQueries = new Map<string, number>();

/** One for each run that a worker holds. @param spoil Makes the next task fail by a command that Temporal refuses. */
export function withoutReadingAhead(spoil: () => void): WorkflowInternalsInterceptor {
  let task: TaskPlace | undefined;
  let hasMissed = false;
  let hasNews = false;
  return {
    activate(input, next) {
      const now = taskOf(input);
      hasNews ||= input.activation.jobs?.some(isNews) === true;
      if (isQuery(input)) {
        // A task may have brought nothing else.
        if (!hasMissed) task = now;
        return next(input);
      }
      // A task can have a second activation, but none that brings more history.
      const isAhead = task !== undefined && now.startedAt === task.startedAt && now.length > task.length;
      if (isAhead && input.activation.isReplaying !== true) {
        if (!hasMissed && hasFailed(`${input.activation.runId} ${now.length}`) < FAILED_QUERIES) {
          throw new Error(READ_AHEAD);
        }
        // If there is a task after all, this copy must not complete it. A task that brings nothing more never gets
        // here, and ends with the commands of now.
        if (!hasMissed) spoil();
        hasMissed = true;
      } else if (hasMissed && now.startedAt !== task?.startedAt) throw new Error(READ_AHEAD);
      if (hasMissed) return;
      task = now;
      next(input);
    },
    concludeActivation(input, next) {
      // A task with only refused updates is withdrawn with its events, so its length says nothing.
      const isRefusal = input.commands.some(({ updateResponse }) => updateResponse?.rejected != null);
      if (task !== undefined && isRefusal && !hasNews) task = { ...task, length: -1 };
      hasNews = false;
      return next(input);
    },
  };
}

/** @returns How often it had failed before. */
function hasFailed(news: string): number {
  const times = failedQueries.get(news) ?? 0;
  failedQueries.delete(news);
  failedQueries.set(news, times + 1);
  const [oldest] = failedQueries.keys();
  if (failedQueries.size > REMEMBERED && oldest !== undefined) failedQueries.delete(oldest);
  return times;
}

interface TaskPlace {
  /** When it started and how many bytes of history came before: together unique in a run. */
  readonly startedAt: string;
  /** History events applied. */
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
