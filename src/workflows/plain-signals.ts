/**
 * Plain signals: ours are handled in one go, without the promises that Temporal makes for handlers that may wait.
 *
 * Its sandbox takes a stack trace for each promise, which is most of what a signal costs. Thousands that waited for a
 * worker are one task, and a task that takes too long ends the worker's process, and the next one after it. The
 * order in which things happen is the same: a handler of Temporal's own begins just as synchronously.
 *
 * @module
 */
import { arrayFromPayloads, type Payload, type PayloadConverter } from '@temporalio/common';

type SignalHandler = (...args: unknown[]) => void;

/** The SDK's own state of this run, as far as it is touched here. Held by tests on every SDK upgrade. */
interface Activator {
  readonly payloadConverter: PayloadConverter;
  readonly signalHandlers: ReadonlyMap<string, { readonly handler: SignalHandler }>;
  readonly interceptors: { readonly inbound: readonly { readonly handleSignal?: unknown }[] };
  workflowSerializationContext(): Parameters<typeof arrayFromPayloads>[2];
  signalWorkflow(job: { readonly signalName?: string | null; readonly input?: Payload[] | null }): void;
}

const IS_PLAIN = Symbol.for('countersign.plainSignalHandler');

/** A handler that does not wait, and never throws. */
export function plain<Handler extends (...args: never[]) => void>(handler: Handler): Handler {
  return Object.assign(handler, { [IS_PLAIN]: true });
}

/** In the run that begins here. Handlers of others, and interceptors of signals, have what Temporal gives them. */
export function handlePlainSignals(): void {
  const { __TEMPORAL_ACTIVATOR__: sdk } = globalThis as { __TEMPORAL_ACTIVATOR__?: Activator };
  if (sdk === undefined) return;
  const signalWorkflow = sdk.signalWorkflow.bind(sdk);
  sdk.signalWorkflow = (job) => {
    const handler = sdk.signalHandlers.get(job.signalName ?? '')?.handler;
    const isPlain = handler !== undefined && IS_PLAIN in handler;
    if (!isPlain || sdk.interceptors.inbound.some(({ handleSignal }) => handleSignal !== undefined)) {
      signalWorkflow(job);
      return;
    }
    handler(...arrayFromPayloads(sdk.payloadConverter, job.input, sdk.workflowSerializationContext()));
  };
}
