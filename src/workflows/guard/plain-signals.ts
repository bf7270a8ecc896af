/**
 * Plain signals: handles our signals without creating promises.
 *
 * The sandbox takes a stack trace for each promise, which is most of a signal's cost. Thousands of signals can arrive
 * in one task, and a task that takes too long ends the worker's process. Handlers run in the same order: Temporal
 * starts them just as synchronously.
 *
 * @module
 */
import { arrayFromPayloads } from '@temporalio/common';
import { sdk } from './sdk';

const IS_PLAIN = Symbol.for('countersign.plainSignalHandler');

/** Marks a handler that never waits and never throws. */
export function plain<Handler extends (...args: never[]) => void>(handler: Handler): Handler {
  return Object.assign(handler, { [IS_PLAIN]: true });
}

/** Other handlers, and runs with signal interceptors, keep what Temporal does. */
export function handlePlainSignals(): void {
  const run = sdk();
  if (run === undefined) return;
  const signalWorkflow = run.signalWorkflow.bind(run);
  run.signalWorkflow = (job) => {
    const handler = run.signalHandlers.get(job.signalName ?? '')?.handler;
    const isPlain = handler !== undefined && IS_PLAIN in handler;
    if (!isPlain || run.interceptors.inbound.some(({ handleSignal }) => handleSignal !== undefined)) {
      signalWorkflow(job);
      return;
    }
    handler(...arrayFromPayloads(run.payloadConverter, job.input, run.workflowSerializationContext()));
  };
}
