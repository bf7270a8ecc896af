/**
 * Plain signals: ours are handled in one go, without the promises that Temporal makes for handlers that may wait.
 *
 * Its sandbox takes a stack trace for each promise, which is most of what a signal costs. Thousands that waited for a
 * worker are one task, and a task that takes too long ends the worker's process, and the next one after it. The
 * order in which things happen is the same: a handler of Temporal's own begins just as synchronously.
 *
 * @module
 */
import { arrayFromPayloads } from '@temporalio/common';
import { sdk } from './sdk';

const IS_PLAIN = Symbol.for('countersign.plainSignalHandler');

/** A handler that does not wait, and never throws. */
export function plain<Handler extends (...args: never[]) => void>(handler: Handler): Handler {
  return Object.assign(handler, { [IS_PLAIN]: true });
}

/** In the run that begins here. Handlers of others, and interceptors of signals, have what Temporal gives them. */
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
