/**
 * Unhandled rejections: a forgotten `await` in a tool does not stop its run.
 *
 * The SDK (1.24) fails the workflow task for such a rejection, at every retry. For an agent's run it is only logged:
 * Node reports it after the task's commands are made. Determinism violations and other workflows still fail the task.
 *
 * The SDK listens to Node's `unhandledRejection` outside the sandbox. Our listener is created there too, because it
 * outlives the run that installs it.
 *
 * @module
 */
import { ContinueAsNew, DeterminismViolationError, isCancellation, log } from '@temporalio/workflow';
import { stackOf } from '../link/failure';
import { currentRun } from '../run/current-run';
import { sdk } from './sdk';

/** On a run's SDK state: decides whether to survive. On Node's process: the listener is installed. */
const MARK = 'countersign.leftBehind';

export function surviveUnhandledRejections(): void {
  const run = sdk();
  if (run === undefined) return;
  Object.defineProperty(run, MARK, { value: isSurvived });
  // TextEncoder comes from outside the sandbox, so its constructor is the Function of Node's realm.
  const NodeFunction = TextEncoder.constructor as FunctionConstructor;
  (NodeFunction('mark', LISTEN) as (mark: string) => void)(MARK);
}

/** Runs in Node, once per thread. */
const LISTEN = `
  if (mark in process) return;
  process[mark] = true;
  const isTheSdks = (listener) => String(listener).includes('could not be associated to a Workflow Run');
  for (const theirs of process.listeners('unhandledRejection').filter(isTheSdks)) {
    process.removeListener('unhandledRejection', theirs);
    process.on('unhandledRejection', (error, promise) => {
      let isSurvived = false;
      try {
        const run = promise.constructor.constructor('return globalThis.__TEMPORAL_ACTIVATOR__')();
        isSurvived = run?.[mark]?.(error) === true;
      } catch {}
      if (!isSurvived) theirs(error, promise);
    });
  }`;

function isSurvived(error: unknown): boolean {
  if (currentRun()?.isHandWritten !== false) return false;
  try {
    if (error instanceof DeterminismViolationError || error instanceof ContinueAsNew) return false;
    if (isCancellation(error)) return true; // The run, or the call, was cancelled.
  } catch {
    // A revoked proxy cannot be inspected.
  }
  log.warn('A promise that no code awaits was rejected: await what a tool begins, or catch its failure', {
    error: stackOf(error),
  });
  return true;
}
