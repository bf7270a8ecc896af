/**
 * Lost task: evicts a cached run that has applied a workflow task which never completed.
 *
 * To answer a query, the SDK's core (1.24) also applies a task that another worker holds. If that task is lost, the
 * server delivers its jobs again together with newer ones, and the cached copy would get only the newer ones, in an
 * order that no replay repeats.
 *
 * @module
 */
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { LOST_TASK } from '../../protocol';
import { CertainEvents } from './certain-events';
import type { Job } from './history-jobs';

interface AppliedTask {
  /** The history length at which the task began. */
  readonly at: number;
  readonly certain: CertainEvents;
  isLive: boolean;
  isMarked: boolean;
}

/** Must see all commands. */
export function forgettingLostTasks(): WorkflowInternalsInterceptor {
  let task: AppliedTask = { at: 0, certain: new CertainEvents(), isLive: false, isMarked: false };
  return {
    activate(input, next) {
      const { historyLength, isReplaying } = input.activation;
      const at = historyLength ?? 0;
      const jobs = input.activation.jobs ?? [];
      if (!jobs.every(({ queryWorkflow }) => queryWorkflow != null)) {
        if (at !== task.at) {
          if (isLost(task, at, jobs)) throw new Error(LOST_TASK);
          task = { at, certain: new CertainEvents(), isLive: false, isMarked: false };
        }
        task.isLive ||= isReplaying !== true;
      }
      next(input);
    },
    concludeActivation(input, next) {
      const { commands } = input;
      task.certain.add(commands);
      task.isMarked ||= commands.some(({ setPatchMarker }) => setPatchMarker != null);
      return next(input);
    },
  };
}

/**
 * Whether history has no room for the first task's completion and events, the new jobs, and the two events that begin
 * the task at `at`.
 */
function isLost({ at: before, certain, isLive, isMarked }: AppliedTask, at: number, jobs: readonly Job[]): boolean {
  const least = certain.count + (isMarked ? 1 : 0);
  const added = jobs.reduce((events, job) => events + leastEvents(job), 0);
  return isLive && least > 0 && at > before && at - before < 1 + least + added + 2;
}

/** A lower bound: one too many would fail a task that was not lost. */
function leastEvents(job: Job): number {
  if (HAVE_ONE.some((name) => job[name] != null)) return 1;
  const { isLocal, result } = job.resolveActivity ?? {};
  if (isLocal === true || result == null) return 0;
  // An activity's start is recorded with its end. A cancellation can be delivered before both.
  if (result.completed != null) return 2;
  const cause = result.failed?.failure?.cause;
  return result.failed == null ? 0 : cause?.applicationFailureInfo == null ? 1 : 2;
}

const HAVE_ONE = ['signalWorkflow', 'fireTimer', 'cancelWorkflow'] as const satisfies readonly (keyof Job)[];
