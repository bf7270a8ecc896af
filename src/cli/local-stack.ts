/**
 * Local stack: everything that a run needs in this process: a Temporal server, a model and a worker.
 *
 * What exists is used, what is missing is started, and each is reported in a line. Mistakes in the command line or the
 * user's module are reported before anything starts.
 *
 * @module
 */
import { bundleWorkflows } from './bundle';
import { encryptionFromEnvironment } from './encryption';
import type { Lifetime } from './lifetime';
import { startWorker } from './local-worker';
import { openModel, type Model } from './model';
import { checkWorkflow, findModule, loadTools } from './module';
import { installQuietRuntime } from './quiet-runtime';
import { openTemporal, type Temporal } from './temporal';
import type { Terminal } from './terminal';
import { oneLine } from './text';

export interface LocalStackOptions {
  /** Exports the agent workflows. Absent: no worker. */
  readonly module?: string;
  /** Must be one of its exports. */
  readonly agent?: string;
  /** Exports `tools`. */
  readonly tools?: string;
  readonly taskQueue: string;
  /** Start a Temporal server on this port, whatever else runs. */
  readonly port?: number;
}

export interface LocalStack {
  readonly temporal: Temporal;
  readonly model: Model;
  /** Rejects when the worker stops by itself. Never settles without a worker. */
  readonly workerStopped: Promise<void>;
}

/** @param onWarning Receives warnings of Temporal's SDK, a line each. */
export async function startLocalStack(
  options: LocalStackOptions,
  terminal: Terminal,
  lifetime: Lifetime,
  onWarning: (line: string) => void,
): Promise<LocalStack> {
  const { module, agent, taskQueue, port } = options;
  const workflows = module === undefined ? undefined : findModule(module);
  const tools = options.tools === undefined ? [] : await loadTools(findModule(options.tools));
  if (workflows !== undefined && agent !== undefined) await checkWorkflow(workflows, agent);

  const encryption = encryptionFromEnvironment();

  installQuietRuntime(onWarning);
  const bundling = workflows === undefined ? undefined : bundleWorkflows(workflows, encryption?.dataConverter);
  bundling?.catch(() => undefined); // Looked at once the server is there.
  const model = await openModel();
  lifetime.closing(() => model.close());
  const temporal = await openTemporal({
    onProgress: (text) => terminal.busy(text),
    ...(port === undefined ? {} : { port }),
    ...(encryption === undefined ? {} : { dataConverter: encryption.dataConverter }),
  });
  lifetime.closing(() => temporal.close());
  terminal.item('Temporal', `${temporal.address}${ORIGINS[temporal.origin]}`);
  if (encryption !== undefined) terminal.item('Encrypted', encryption.label);
  terminal.item('Model', model.label);
  let workerStopped = new Promise<void>(() => undefined);
  if (workflows !== undefined && bundling !== undefined) {
    terminal.busy('Bundling the workflows for the worker');
    const workflowBundle = await bundling;
    const asked = model.name === undefined ? {} : { model: model.name };
    terminal.busy('Starting the worker');
    const worker = await startWorker({ temporal, taskQueue, workflows, workflowBundle, tools, ...asked }, lifetime);
    workerStopped = worker.stopped;
    terminal.item('Worker', `on the task queue ${oneLine(taskQueue)}`);
  }
  terminal.idle();
  return { temporal, model, workerStopped };
}

const ORIGINS: Readonly<Record<Temporal['origin'], string>> = {
  configured: '',
  found: ', which was running',
  started: ', started here and gone when this ends',
};
