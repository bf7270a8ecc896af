/**
 * Message order: a replay delivers signals and updates in the order of the first delivery.
 *
 * After a reset, the SDK's core (1.24) first delivers the reapplied messages in history order, but a replay gets all
 * signals first, then the accepted updates. A refused "yes" could then come before the accepted "no". So the first
 * delivery records its order in a patch marker, which a replay knows before it delivers the messages.
 *
 * The marker is not deprecated, so a worker without this interceptor stops instead of going on.
 *
 * @module
 */
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { currentRun } from '../run/current-run';
import type { Commands } from './certain-events';
import type { Job } from './history-jobs';
import { watchHiddenJobs } from './hidden-jobs';
import { isMessage, type Place, updatePositions, restoreOrder, encodeOrder } from './recorded-order';

const MARKER = 'countersign-order-';

/** Must be innermost: it can split one activation in two. */
export function keepingMessageOrder(): WorkflowInternalsInterceptor {
  const takeHiddenJobs = watchHiddenJobs();
  let placeOf: ((update: string) => Place) | undefined;
  let marker: string | undefined;
  return {
    activate(input, next) {
      const jobs = input.activation.jobs ?? [];
      const { isReset, patches } = takeHiddenJobs();
      const patch = patches.find((id) => id.startsWith(MARKER));
      const isReplaying = input.activation.isReplaying === true;
      if (isReplaying ? patch === undefined : !needsRecord(jobs, isReset)) return next(input);
      if (patch === undefined) {
        marker = `${MARKER}${input.activation.historyLength ?? 0}`;
        placeOf = updatePositions(jobs);
      } else {
        marker = patch;
        input.activation.jobs = restoreOrder(jobs, patch.slice(MARKER.length));
      }
      const rest = input.activation.jobs ?? [];
      // Handlers set before the first await then get messages in order, not grouped by name.
      if (rest[0]?.initializeWorkflow != null) {
        input.activation.jobs = rest.splice(0, 1);
        next(input);
        input.activation.jobs = rest;
      }
      setReapplying(isReset);
      next(input);
    },
    concludeActivation(input, next) {
      setReapplying(false);
      takeHiddenJobs();
      if (marker !== undefined) {
        const places = placeOf === undefined ? undefined : acceptedBy(input.commands).map(placeOf);
        const patchId = places === undefined ? marker : marker + encodeOrder(places);
        input.commands.unshift({ setPatchMarker: { patchId, deprecated: false } });
      }
      placeOf = marker = undefined;
      return next(input);
    },
  };
}

/** A reset run judges reapplied messages by other rules, so history must record the reset. */
function needsRecord(jobs: readonly Job[], isReset: boolean): boolean {
  const messages = jobs.filter(isMessage);
  const lastSignal = messages.findLastIndex(({ signalWorkflow }) => signalWorkflow != null);
  if (messages.slice(0, Math.max(0, lastSignal)).some(({ doUpdate }) => doUpdate != null)) return true;
  const isOurs = currentRun() !== undefined || jobs[0]?.initializeWorkflow != null;
  return isReset && isOurs && messages.length > 0;
}

function acceptedBy(commands: Commands): readonly string[] {
  return commands.flatMap(({ updateResponse }) =>
    updateResponse?.accepted == null ? [] : [updateResponse.protocolInstanceId ?? ''],
  );
}

function setReapplying(isReapplying: boolean): void {
  const run = currentRun();
  if (run !== undefined) run.isReapplying = isReapplying;
}
