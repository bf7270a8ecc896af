/**
 * Bundle: the user's workflows as Temporal runs them, made while other things are started.
 *
 * In a thread of its own, because the bundler keeps one busy for seconds: progress would stand still, and
 * Ctrl-C would wait.
 *
 * @module
 */
import { Worker } from 'node:worker_threads';
import type { WorkflowBundle } from '@temporalio/worker';

/** What the thread gives back. */
export type BundleOutcome = WorkflowBundle | { readonly problem: string };

/** What the thread is told. */
export interface BundleTask {
  readonly workflowsPath: string;
  /** Of the worker's data converter. */
  readonly failureConverterPath: string | undefined;
}

/** @throws Error that says why the module cannot be bundled. */
export async function bundleWorkflows(workflowsPath: string, failureConverterPath?: string): Promise<WorkflowBundle> {
  const workerData: BundleTask = { workflowsPath, failureConverterPath };
  const thread = new Worker(require.resolve('./bundle-thread'), { workerData });
  const outcome = await new Promise<BundleOutcome>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', (code) => reject(new Error(`The bundler ended with code ${code}.`)));
  });
  if (!('problem' in outcome)) return outcome;
  throw new Error(
    `${workflowsPath} cannot be bundled for Temporal: ${outcome.problem} Workflow code may import no module of Node's: do that in an activity tool.`,
  );
}
