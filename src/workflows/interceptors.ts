/**
 * Guard: stands between Temporal and a run, in each workflow of a worker with our plugin.
 *
 * Nothing that is sent stops a run, and a replay gives it what the history has, in the order in which it came.
 *
 * @module
 */
import type { WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { lookAtLink } from './link/link-seen';
import { ending } from './ending';
import { rememberGuarded } from './link/guarded';
import { openedRun } from './run/opened';
import { isNews } from './guard/news';
import { surviveLeftBehind } from './guard/left-behind';
import { forgettingLostTasks } from './guard/lost-task';
import { keepingMessageOrder } from './guard/message-order';
import { guardingPayloads } from './guard/payloads';
import { guardingResults } from './guard/results';
import { handlePlainSignals } from './guard/plain-signals';
import { markingQuietTasks } from './guard/quiet-tasks';
import { noticingReach } from './guard/reaching-out';
import { withoutReadingAhead } from './guard/read-ahead';
import { giveBodiesTheSameValues } from './guard/same-values';
import { sdk } from './guard/sdk';
import { tellingTasks } from './guard/telling-tasks';

/** What Temporal asks an interceptor module for, once for each run that the worker holds. */
export function interceptors(): WorkflowInterceptors {
  handlePlainSignals();
  rememberGuarded();
  giveBodiesTheSameValues();
  surviveLeftBehind();
  return {
    inbound: [ending],
    outbound: [noticingReach],
    internals: [
      withoutReadingAhead(spoilTask),
      markingQuietTasks(() => sdk()?.concludeActivation().commands ?? []),
      forgettingLostTasks(),
      guardingPayloads(),
      guardingResults(),
      tellingNews,
      tellingTasks(),
      keepingMessageOrder(),
    ],
  };
}

/** Lets a run see its link with the news, and know when there is more to come with them. */
const tellingNews: WorkflowInternalsInterceptor = {
  activate(input, next) {
    const jobs = input.activation.jobs ?? [];
    if (jobs.some(isNews)) lookAtLink();
    countSignals(jobs.filter(({ signalWorkflow }) => signalWorkflow != null).length);
    setNewsToCome(jobs.length > 1);
    next(input);
    setNewsToCome(false);
  },
};

/** Also those that nobody handles: Temporal takes only so many of one execution. */
function countSignals(more: number): void {
  const run = openedRun();
  if (run === undefined || more === 0) return;
  run.traffic.countAnySignals(more);
  if (run.traffic.isHeavy(1)) run.checkLength();
}

function setNewsToCome(hasNews: boolean): void {
  const run = openedRun();
  if (run !== undefined) run.hasNewsToCome = hasNews;
}

/** A timer that no server takes: the workflow task fails, and nothing of it stays. */
function spoilTask(): void {
  const run = sdk();
  run?.pushCommand({ startTimer: { seq: (run.nextSeqs.timer += 1), startToFireTimeout: { seconds: -1 } } });
}
