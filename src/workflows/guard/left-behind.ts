/**
 * Left behind: rejected promises of an agent's run that no code awaits, such as a forgotten `await` in a tool.
 *
 * The SDK (1.24) fails the workflow task for one, at every retry, so the run would never go on. Here it becomes a log
 * line. It cannot be more: Node reports it after the task's commands are made. A determinism violation still fails the
 * task, and so do rejections of other workflows.
 *
 * The SDK listens to Node's `unhandledRejection` outside the sandbox. Our listener is created there too, since it
 * outlives the run that installs it.
 *
 * @module
 */
import { ContinueAsNew, DeterminismViolationError, isCancellation, log } from '@temporalio/workflow';
import { stackOf } from '../link/failure';
import { openedRun } from '../run/opened';
import { sdk } from './sdk';

/** On a run's SDK state: handle it. On Node's process: the listener is installed. */
const MARK = 'countersign.leftBehind';

/** Call in the run that begins here. */
export function surviveLeftBehind(): void {
  const run = sdk();
  if (run === undefined) return;
  Object.defineProperty(run, MARK, { value: isSurvived });
  // An SDK class handed into the sandbox: its constructor is the Function of Node's realm.
  const NodeFunction = TextEncoder.constructor as FunctionConstructor;
  (NodeFunction('mark', LISTEN) as (mark: string) => void)(MARK);
}

/** Runs in Node, once a thread. */
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
    // A revoked proxy cannot be shown.
  }
  log.warn('A promise that no code awaits was rejected: await what a tool begins, or catch its failure', {
    error: stackOf(error),
  });
  return true;
}
