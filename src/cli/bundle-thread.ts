/**
 * Bundle thread: runs the bundler once and returns its bundle, or why there is none.
 *
 * @module
 */
import { parentPort, workerData } from 'node:worker_threads';
import { bundleWorkflowCode, DefaultLogger, type LogEntry } from '@temporalio/worker';
import { errorText } from '../protocol';
import { bundleOptions } from '../worker';
import type { BundleOutcome, BundleTask } from './bundle';
import { oneLine } from './text';

async function bundle(task: BundleTask): Promise<BundleOutcome> {
  let report = '';
  const logger = new DefaultLogger('ERROR', ({ message }: LogEntry) => {
    report += `${message}\n`;
  });
  try {
    return await bundleWorkflowCode({ ...bundleOptions(task), logger });
  } catch (error) {
    // The bundler's report is long; the first line of its first error says what is wrong.
    return { problem: oneLine(/ERROR in ([^]*?)(?=\n\s+at |$)/.exec(report)?.[1] ?? errorText(error)) };
  }
}

void bundle(workerData as BundleTask).then((outcome) => parentPort?.postMessage(outcome));
