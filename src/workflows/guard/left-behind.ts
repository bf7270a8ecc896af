/**
 * Left behind: a promise of an agent's run that is rejected, and that no code awaits.
 *
 * A forgotten `await` in a tool. The SDK (1.24) fails the workflow task for it, and every retry of it: the run would never
 * go on. Here it is a line of the workflow's log. It can be no more than that, because Node reports such a promise
 * after the task's commands are made. A breach of determinism still fails the task, and so does whatever a workflow
 * leaves behind that is no agent's.
 *
 * The SDK listens to Node's `unhandledRejection`, outside of the sandbox. The listener that stands before it is made
 * there too, because it outlives the run that puts it up.
 *
 * @module
 */
import { ContinueAsNew, DeterminismViolationError, isCancellation, log } from '@temporalio/workflow';
import { stackOf } from '../link/failure';
import { openedRun } from '../run/opened';
import { sdk } from './sdk';

/** On the SDK's state of a run: what is asked. On Node's process: the listener stands. */
const MARK = 'countersign.leftBehind';

/** In the run that begins here. */
export function surviveLeftBehind(): void {
  const run = sdk();
  if (run === undefined) return;
  Object.defineProperty(run, MARK, { value: isSurvived });
  // A class that the SDK hands into the sandbox: its constructor is the Function of Node's own realm.
  const NodeFunction = TextEncoder.constructor as FunctionConstructor;
  (NodeFunction('mark', LISTEN) as (mark: string) => void)(MARK);
}

/** In Node, once in a thread. */
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
  if (openedRun()?.isHandWritten !== false) return false;
  try {
    if (error instanceof DeterminismViolationError || error instanceof ContinueAsNew) return false;
    if (isCancellation(error)) return true; // Its run, or its call, was cancelled.
  } catch {
    // A revoked proxy: logged as what cannot be shown.
  }
  log.warn('A promise that no code awaits was rejected: await what a tool begins, or catch its failure', {
    error: stackOf(error),
  });
  return true;
}
