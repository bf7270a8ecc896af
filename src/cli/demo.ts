/**
 * `countersign demo`: one run of an agent, from the message to the final response, in front of a person.
 *
 * Server, worker and model are here for the run only, where there are none. The run itself belongs to
 * Temporal: it can be answered from anywhere, and a server that was there before keeps it.
 *
 * @module
 */
import { StopEvent, type RunPlace } from '../protocol';
import type { WorkflowHandler } from '../client';
import { eventLine } from './event-line';
import { Interview } from './interview';
import type { Lifetime } from './lifetime';
import { startWorker } from './local-worker';
import { openModel } from './model';
import { checkWorkflow, findModule, loadTools } from './module';
import { installQuietRuntime } from './quiet-runtime';
import { openTemporal, type Temporal } from './temporal';
import { runPage } from './temporal-ui';
import { Terminal } from './terminal';
import { oneLine, plainText } from './text';
import { watchForTrouble } from './trouble';

export interface DemoOptions {
  readonly module: string;
  readonly agent: string;
  readonly message: string;
  readonly answer?: string;
  readonly taskQueue: string;
  readonly tools?: string;
  readonly port?: number;
}

export async function demo(options: DemoOptions, lifetime: Lifetime): Promise<void> {
  if (options.answer === undefined && !process.stdin.isTTY) {
    throw new Error('There is no terminal to ask at: run this in one, or give the answer with --answer yes.');
  }
  const workflows = findModule(options.module);
  const tools = options.tools === undefined ? [] : await loadTools(findModule(options.tools));
  await checkWorkflow(workflows, options.agent);

  const terminal = new Terminal();
  lifetime.closing(() => terminal.idle());
  const say = (label: string, text: string): void => terminal.line(`${terminal.paint('bold', label.padEnd(9))}${text}`);

  installQuietRuntime((line) => terminal.line(terminal.paint('dim', line)));
  const model = await openModel();
  lifetime.closing(() => model.close());
  const { port, taskQueue } = options;
  const onProgress = (text: string): void => terminal.busy(text);
  const temporal = await openTemporal({ onProgress, ...(port === undefined ? {} : { port }) });
  lifetime.closing(() => temporal.close());
  say('Temporal', `${temporal.address}${ORIGINS[temporal.origin]}`);
  say('Model', model.label);
  terminal.busy('Bundling the workflows for the worker');
  const worker = await startWorker(
    {
      temporal,
      taskQueue,
      workflows,
      tools,
      ...(model.name === undefined ? {} : { model: model.name }),
    },
    lifetime,
  );
  terminal.idle();
  say('Worker', `task queue ${oneLine(taskQueue)}`);

  const workflowId = `${options.agent}-${crypto.randomUUID().slice(0, 8)}`;
  const handler = await temporal.client.run(options.agent, { userMsg: options.message }, { workflowId, taskQueue });
  say('Run', workflowId);
  say('Page', page(temporal, workflowId));
  terminal.line();
  say('You', oneLine(options.message));
  terminal.line();

  const place: RunPlace = { workflowId, namespace: temporal.namespace, address: temporal.address };
  const interview = new Interview({
    handler,
    place,
    terminal,
    ...(options.answer === undefined ? {} : { answer: options.answer }),
  });
  lifetime.closing(() => interview.close());
  const watch = new AbortController();
  lifetime.closing(() => watch.abort());
  await Promise.race([
    follow(handler, interview, terminal, watch.signal),
    interview.failed,
    worker.stopped,
    watchForTrouble({
      client: temporal.client.temporal,
      workflowId,
      address: temporal.address,
      taskQueue,
      modelUrl: model.url,
      onTick: () => interview.look(),
      signal: watch.signal,
    }),
  ]);
  const result = await handler.result();
  terminal.line();
  say('Agent', plainText(String(result)));
}

const ORIGINS: Readonly<Record<Temporal['origin'], string>> = {
  configured: '',
  found: ' (it was running)',
  started: ' (started for this demo)',
};

/** Print the stream until it ends. */
async function follow(handler: WorkflowHandler, interview: Interview, terminal: Terminal, signal: AbortSignal): Promise<void> {
  terminal.busy('The agent works');
  for await (const event of handler.streamEvents({ signal })) {
    terminal.line(eventLine(event, terminal.columns, terminal.paint));
    if (StopEvent.is(event)) break;
    interview.heard(event);
    await interview.look();
    if (!interview.isAsking) terminal.busy('The agent works');
  }
  interview.close();
  terminal.idle();
}

function page(temporal: Temporal, workflowId: string): string {
  const path = runPage(temporal.uiUrl, temporal.namespace, workflowId);
  return temporal.uiUrl === undefined ? `${path} (in your Temporal UI)` : path;
}
