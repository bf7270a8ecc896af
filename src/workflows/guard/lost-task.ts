/**
 * Lost task: keeps a run from going on from a workflow task that never completed.
 *
 * A query that waited for a worker can be given a history ending in a task that another worker holds. The SDK's core
 * (1.24) applies that task to answer the query. If the task is then lost, the server delivers its jobs again together
 * with newer ones, but this cached copy has seen the first part and would get only the rest, at another time and in an
 * order that no replay repeats.
 *
 * So the copy throws and is evicted, and the task runs again with the whole history.
 *
 * @module
 */
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { LOST_TASK } from '../../protocol';
import { Effect } from './effect';
import type { Job } from './news';

interface AppliedTask {
  /** The history length that it came with. */
  readonly at: number;
  readonly effect: Effect;
  isLive: boolean;
  isMarked: boolean;
}

/** One for each run that a worker holds. It must see all commands. */
export function forgettingLostTasks(): WorkflowInternalsInterceptor {
  let task: AppliedTask = { at: 0, effect: new Effect(), isLive: false, isMarked: false };
  return {
    activate(input, next) {
      const { historyLength, isReplaying } = input.activation;
      const at = historyLength ?? 0;
      const jobs = input.activation.jobs ?? [];
      if (!jobs.every(({ queryWorkflow }) => queryWorkflow != null)) {
        if (at !== task.at) {
          if (isLost(task, at, jobs)) throw new Error(LOST_TASK);
          task = { at, effect: new Effect(), isLive: false, isMarked: false };
        }
        task.isLive ||= isReplaying !== true;
      }
      next(input);
    },
    concludeActivation(input, next) {
      const { commands } = input;
      task.effect.add(commands);
      task.isMarked ||= commands.some(({ setPatchMarker }) => setPatchMarker != null);
      return next(input);
    },
  };
}

/**
 * Whether history has no room for this task's effect before the task at `at`: between them lie at least its completion,
 * its effect, the new jobs, and the two events that begin a task.
 */
function isLost({ at: before, effect, isLive, isMarked }: AppliedTask, at: number, jobs: readonly Job[]): boolean {
  const least = effect.events + (isMarked ? 1 : 0);
  const news = jobs.reduce((events, job) => events + leastEvents(job), 0);
  return isLive && least > 0 && at > before && at - before < 1 + least + news + 2;
}

/** A lower bound: one too many would fail a task that was not lost. */
function leastEvents(job: Job): number {
  if (HAVE_ONE.some((name) => job[name] != null)) return 1;
  const { isLocal, result } = job.resolveActivity ?? {};
  if (isLocal === true || result == null) return 0;
  // Its start is recorded together with its end. A cancellation can be delivered before both.
  if (result.completed != null) return 2;
  const cause = result.failed?.failure?.cause;
  return result.failed == null ? 0 : cause?.applicationFailureInfo == null ? 1 : 2;
}

const HAVE_ONE = ['signalWorkflow', 'fireTimer', 'cancelWorkflow'] as const satisfies readonly (keyof Job)[];
