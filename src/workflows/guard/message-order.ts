/**
 * Message order: keeps the signals and updates of a workflow task in the order in which the history has them.
 *
 * Temporal's reset writes what a run was sent since into its history again, updates as `WorkflowExecutionUpdateAdmitted`.
 * The SDK's core (1.24) delivers these once in the order of the history. A replay gets all signals of the task first and
 * the updates that were accepted in it after them, so a refused "yes" could come before the "no" that was taken.
 *
 * The first delivery records its order in a patch marker: a replay is told the id of a marker before it is given the
 * messages. The marker is not a deprecated one, so a worker without this interceptor stops instead of going on.
 *
 * @module
 */
import type { WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { openedRun } from '../run/opened';
import type { Commands } from './effect';
import type { Job } from './news';
import { listenForNotices } from './notices';
import { isMessage, type Place, placesIn, restored, written } from './recorded-order';

const MARKER = 'countersign-order-';

/** One for each run that a worker holds. Must be the innermost: it can hand on one activation in two parts. */
export function keepingMessageOrder(): WorkflowInternalsInterceptor {
  const takeNotices = listenForNotices();
  let placeOf: ((update: string) => Place) | undefined;
  let marker: string | undefined;
  return {
    activate(input, next) {
      const jobs = input.activation.jobs ?? [];
      const { isReset, patches } = takeNotices();
      const patch = patches.find((id) => id.startsWith(MARKER));
      const isReplaying = input.activation.isReplaying === true;
      if (isReplaying ? patch === undefined : !needsRecord(jobs, isReset)) return next(input);
      if (patch === undefined) {
        marker = `${MARKER}${input.activation.historyLength ?? 0}`;
        placeOf = placesIn(jobs);
      } else {
        marker = patch;
        input.activation.jobs = restored(jobs, patch.slice(MARKER.length));
      }
      const rest = input.activation.jobs ?? [];
      // Handlers that are set before the first await get the messages in their order, instead of by their names.
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
      takeNotices();
      if (marker !== undefined) {
        const places = placeOf === undefined ? undefined : acceptedBy(input.commands).map(placeOf);
        const patchId = places === undefined ? marker : marker + written(places);
        input.commands.unshift({ setPatchMarker: { patchId, deprecated: false } });
      }
      placeOf = marker = undefined;
      return next(input);
    },
  };
}

/** A reset run judges what comes with the reset by other rules, so the history must say that it did. */
function needsRecord(jobs: readonly Job[], isReset: boolean): boolean {
  const messages = jobs.filter(isMessage);
  const lastSignal = messages.findLastIndex(({ signalWorkflow }) => signalWorkflow != null);
  if (messages.slice(0, Math.max(0, lastSignal)).some(({ doUpdate }) => doUpdate != null)) return true;
  const isOurs = openedRun() !== undefined || jobs[0]?.initializeWorkflow != null;
  return isReset && isOurs && messages.length > 0;
}

function acceptedBy(commands: Commands): readonly string[] {
  return commands.flatMap(({ updateResponse }) =>
    updateResponse?.accepted == null ? [] : [updateResponse.protocolInstanceId ?? ''],
  );
}

function setReapplying(isReapplying: boolean): void {
  const run = openedRun();
  if (run !== undefined) run.isReapplying = isReapplying;
}
