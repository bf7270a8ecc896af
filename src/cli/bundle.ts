/**
 * Bundle: the user's workflows as Temporal runs them, made while other things start.
 *
 * In its own thread, because the bundler is busy for seconds: progress would stop, and Ctrl-C would wait.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';
import type { DataConverter } from '@temporalio/common';
import type { WorkflowBundle } from '@temporalio/worker';

/** What the thread returns. */
export type BundleOutcome = WorkflowBundle | { readonly problem: string };

/** What the thread is given. */
export interface BundleTask {
  readonly workflows: string;
  /** The part of the data converter that a bundle needs; the rest cannot be sent to a thread. */
  readonly dataConverter: Pick<DataConverter, 'failureConverterPath'>;
}

/** @throws Error with the reason why the module cannot be bundled. */
export async function bundleWorkflows(
  workflows: string,
  { failureConverterPath }: DataConverter = {},
): Promise<WorkflowBundle> {
  const dataConverter = failureConverterPath === undefined ? {} : { failureConverterPath };
  const workerData: BundleTask = { workflows, dataConverter };
  const thread = new Worker(require.resolve('./bundle-thread'), { workerData });
  const outcome = await new Promise<BundleOutcome>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The bundler ended with code ${code}.`)));
  });
  if (!('problem' in outcome)) return outcome;
  throw new Error(
    `${workflows} cannot be bundled for Temporal: ${outcome.problem} Workflow code may import no module of Node's: do that in an activity tool.`,
  );
}
