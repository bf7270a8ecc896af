/**
 * Guard: the interceptors between Temporal and a run, in every workflow of a worker with our plugin.
 *
 * No message can wedge a run, and a replay delivers what history has, in the order in which it came.
 *
 * @module
 */
import type { WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { refreshLinkInfo } from './link/link-info';
import { ending } from './ending';
import { rememberGuarded } from './link/guarded';
import { currentRun } from './run/current-run';
import { isHistoryJob } from './guard/history-jobs';
import { surviveUnhandledRejections } from './guard/unhandled-rejections';
import { forgettingLostTasks } from './guard/lost-task';
import { keepingMessageOrder } from './guard/message-order';
import { guardingPayloads } from './guard/payloads';
import { guardingResults } from './guard/results';
import { handlePlainSignals } from './guard/plain-signals';
import { markingQuietTasks } from './guard/quiet-tasks';
import { outsideEffectInterceptor } from './guard/outside-effects';
import { withoutReadingAhead } from './guard/read-ahead';
import { makeBodiesDeterministic } from './guard/same-values';
import { sdk } from './guard/sdk';
import { markingUnsettledEvents } from './guard/unsettled-events';

/** The SDK calls this once for each run that the worker holds. */
export function interceptors(): WorkflowInterceptors {
  handlePlainSignals();
  rememberGuarded();
  makeBodiesDeterministic();
  surviveUnhandledRejections();
  return {
    inbound: [ending],
    outbound: [outsideEffectInterceptor],
    internals: [
      withoutReadingAhead(spoilTask),
      markingQuietTasks(() => sdk()?.concludeActivation().commands ?? []),
      forgettingLostTasks(),
      guardingPayloads(),
      guardingResults(),
      tellingRun,
      markingUnsettledEvents(),
      keepingMessageOrder(),
    ],
  };
}

/** Tells a run its link's info, how many signals came, and whether the activation has more jobs. */
const tellingRun: WorkflowInternalsInterceptor = {
  activate(input, next) {
    const jobs = input.activation.jobs ?? [];
    if (jobs.some(isHistoryJob)) refreshLinkInfo();
    countSignals(jobs.filter(({ signalWorkflow }) => signalWorkflow != null).length);
    setJobsToCome(jobs.length > 1);
    next(input);
    setJobsToCome(false);
  },
};

/** Unhandled signals count towards Temporal's limit too. */
function countSignals(more: number): void {
  const run = currentRun();
  if (run === undefined || more === 0) return;
  run.traffic.countAnySignals(more);
  if (run.traffic.isHeavy(1)) run.checkLength();
}

function setJobsToCome(hasHistoryJobs: boolean): void {
  const run = currentRun();
  if (run !== undefined) run.hasJobsToCome = hasHistoryJobs;
}

/** Starts a timer that no server accepts: the workflow task fails and leaves nothing behind. */
function spoilTask(): void {
  const run = sdk();
  run?.pushCommand({ startTimer: { seq: (run.nextSeqs.timer += 1), startToFireTimeout: { seconds: -1 } } });
}
