/**
 * `countersign dev`: server, model and worker, up until somebody ends them.
 *
 * @module
 */
import type { Lifetime } from './lifetime';
import { startWorker } from './local-worker';
import { openModel } from './model';
import { findModule, loadTools } from './module';
import { installQuietRuntime } from './quiet-runtime';
import { openTemporal } from './temporal';
import { Terminal } from './terminal';
import { watchServer } from './trouble';

export interface DevOptions {
  /** None: no worker. */
  readonly module?: string;
  readonly taskQueue: string;
  readonly tools?: string;
  readonly port?: number;
}

export async function dev({ module, taskQueue, tools: toolsModule, port }: DevOptions, lifetime: Lifetime): Promise<void> {
  const workflows = module === undefined ? undefined : findModule(module);
  const tools = toolsModule === undefined ? [] : await loadTools(findModule(toolsModule));
  const terminal = new Terminal();
  lifetime.closing(() => terminal.idle());

  installQuietRuntime((line) => terminal.line(line));
  const model = await openModel();
  lifetime.closing(() => model.close());
  const onProgress = (text: string): void => terminal.busy(text);
  const temporal = await openTemporal({ onProgress, ...(port === undefined ? {} : { port }) });
  lifetime.closing(() => temporal.close());
  const stopped: Promise<void>[] = [watchServer(temporal.client.temporal, temporal.address, lifetime.interrupted)];
  terminal.line(`model ${model.label}`);
  if (workflows !== undefined) {
    terminal.busy('Bundling the workflows for the worker');
    const name = model.name === undefined ? {} : { model: model.name };
    const worker = await startWorker({ temporal, taskQueue, workflows, tools, ...name }, lifetime);
    stopped.push(worker.stopped);
    terminal.line(`worker on task queue ${taskQueue}`);
  }
  terminal.idle();
  terminal.line(['ready', temporal.address, ...(temporal.uiUrl === undefined ? [] : [temporal.uiUrl])].join(' '));
  await Promise.race(stopped);
}
