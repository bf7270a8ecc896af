/**
 * Lost task: keeps a run from going on from a workflow task that was never completed.
 *
 * A query that has waited for a worker can be handed a history that ends with a task which is at another worker. The SDK's
 * core (1.24) applies that task too, to answer. Should it be lost there, its news are given again with those that came
 * meanwhile; but a copy that the query made has had them, and would be given the new ones alone: at other times, and in an
 * order that no replay knows.
 *
 * So the copy fails then, and is thrown away: the task is done again with the whole history.
 *
 * @module
 */
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { LOST_TASK } from '../../protocol';
import { Effect } from './effect';
import type { Job } from './news';

interface AppliedTask {
  /** The length of the history it came with. */
  readonly at: number;
  readonly effect: Effect;
  isLive: boolean;
  isMarked: boolean;
}

/** One for each run that a worker holds. Of what is commanded it must see all. */
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
 * Whether the history has no place for the effect of this task before the one that began `at` there: between them are at
 * least its end, its effect, the news, and the two events with which a task begins.
 */
function isLost({ at: before, effect, isLive, isMarked }: AppliedTask, at: number, jobs: readonly Job[]): boolean {
  const least = effect.events + (isMarked ? 1 : 0);
  const news = jobs.reduce((events, job) => events + leastEvents(job), 0);
  return isLive && least > 0 && at > before && at - before < 1 + least + news + 2;
}

/** So many events it has at least: with one too many, a task would fail that was not lost. */
function leastEvents(job: Job): number {
  if (HAVE_ONE.some((name) => job[name] != null)) return 1;
  const { isLocal, result } = job.resolveActivity ?? {};
  if (isLocal === true || result == null) return 0;
  // That it was started is told when it has ended. Of a cancellation the run may be told before.
  if (result.completed != null) return 2;
  const cause = result.failed?.failure?.cause;
  return result.failed == null ? 0 : cause?.applicationFailureInfo == null ? 1 : 2;
}

const HAVE_ONE = ['signalWorkflow', 'fireTimer', 'cancelWorkflow'] as const satisfies readonly (keyof Job)[];
