/**
 * Plain signals: handles our signals without the promises that Temporal creates for handlers that may wait.
 *
 * The sandbox takes a stack trace for each promise, which is most of a signal's cost. Thousands of queued signals
 * arrive in one task, and a task that takes too long ends the worker's process, then the next one's. The order is
 * unchanged: a Temporal handler starts just as synchronously.
 *
 * @module
 */
import { arrayFromPayloads } from '@temporalio/common';
import { sdk } from './sdk';

const IS_PLAIN = Symbol.for('countersign.plainSignalHandler');

/** A handler that never waits and never throws. */
export function plain<Handler extends (...args: never[]) => void>(handler: Handler): Handler {
  return Object.assign(handler, { [IS_PLAIN]: true });
}

/** Call in the run that begins here. Other handlers, and signal interceptors, get what Temporal gives them. */
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
