/**
 * Bundle: the user's workflows as Temporal runs them, made while other things are started.
 *
 * In a thread of its own, because the bundler keeps one busy for seconds: progress would stand still, and
 * Ctrl-C would wait.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';
import type { DataConverter } from '@temporalio/common';
import type { WorkflowBundle } from '@temporalio/worker';

/** What the thread gives back. */
export type BundleOutcome = WorkflowBundle | { readonly problem: string };

/** What the thread is told. */
export interface BundleTask {
  readonly workflows: string;
  /** What of the worker's data converter is in a bundle; the rest cannot be handed to a thread. */
  readonly dataConverter: Pick<DataConverter, 'failureConverterPath'>;
}

/** @throws Error that says why the module cannot be bundled. */
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
