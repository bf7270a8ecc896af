/**
 * Test agents: everything that a test of your agents needs, in one call.
 *
 * Server, worker and `openai` client are real; only the model is scripted. Test files share only the workflow bundle,
 * which a process makes once per module.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { bundleWorkflowCode, DefaultLogger, Runtime, type WorkflowBundle } from '@temporalio/worker';
import OpenAI from 'openai';
import { AgentClient } from '../client';
import { checkOptions, KINDS, type OptionTable, withoutUndefined } from '../protocol';
import { bundleOptions, createWorker, type AgentWorkerOptions } from '../worker';
import { modulePath } from '../worker/module-path';
import { startScriptedModel, type ScriptedModel } from './scripted-model';
import type { ModelScript } from './scripted-reply';
import { startLocalServer, startTimeSkippingServer, stopAll, type Stop } from './test-server';

/** As `createWorker` takes them, but for what is made here. */
export type TestAgentsOptions = Omit<
  AgentWorkerOptions,
  'connection' | 'namespace' | 'taskQueue' | 'workflowBundle'
> & {
  /** What the model says; `model.script(...)` changes it. Default: auto mode, the rules of `autoReply`. */
  readonly replies?: ModelScript;
  /**
   * Whether waits pass at once, on Temporal's time-skipping test server, which the SDK downloads the first time. Needs
   * `@temporalio/testing`. Default: false, a dev server where a minute takes a minute.
   */
  readonly timeSkipping?: boolean;
};

/** Agents served until `stop`. */
export interface TestAgents {
  /** Starts runs on the worker's task queue. */
  readonly client: AgentClient;
  readonly model: ScriptedModel;
  /** `host:port` of the Temporal server. */
  readonly address: string;
  readonly taskQueue: string;
  /** Lets time pass: at once with `timeSkipping`, else in real time. */
  sleep(duration: Duration): Promise<void>;
  /** Ends the worker, the model and a server started here. May be called twice. @throws What the worker failed with. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const OWN: OptionTable<Pick<TestAgentsOptions, 'replies' | 'timeSkipping'>> = {
  replies: KINDS.any,
  timeSkipping: KINDS.flag,
};

/**
 * Starts a Temporal server (or takes the one `TEMPORAL_ADDRESS` names), a worker, a client and a scripted model.
 *
 * @throws Error as `startDevServer` does; AgentError as `createWorker` does.
 */
export async function startTestAgents(options: TestAgentsOptions): Promise<TestAgents> {
  const { replies, timeSkipping = false, ...given } = withoutUndefined(options);
  checkOptions('startTestAgents', { replies, timeSkipping }, OWN);
  beQuiet();
  const stops: Stop[] = [];
  const stop = async (): Promise<void> => await stopAll(stops);
  try {
    const model = await startScriptedModel(replies === undefined ? {} : { replies });
    stops.push(() => model.close());
    const openai = new OpenAI({ apiKey: 'scripted', baseURL: model.url });
    const bundling = bundleOf(given);
    bundling?.catch(() => undefined); // Looked at once the server is there.
    const { dataConverter } = given;
    const converter = dataConverter === undefined ? {} : { dataConverter };
    const server = await (timeSkipping ? startTimeSkippingServer : startLocalServer)(converter);
    stops.push(() => server.stop());
    const { address, connection, namespace } = server;
    const taskQueue = `test-${crypto.randomUUID()}`;
    const bundle = await bundling;
    const ours = { connection, namespace, taskQueue, ...(bundle === undefined ? {} : { workflowBundle: bundle }) };
    const worker = await createWorker({ openai, shutdownGraceTime: '100 ms', ...given, ...ours });
    const running = worker.run();
    running.catch(() => undefined); // Told by `stop`.
    stops.push(async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    });
    const sleep = (duration: Duration): Promise<void> => server.sleep(msToNumber(duration));
    const client = new AgentClient(server.client, undefined, taskQueue);
    return { client, model, address, taskQueue, sleep, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

const bundles = new Map<string, Promise<WorkflowBundle>>();

/**
 * Once per process and module: later changes of the code are not seen. None for a worker with its own bundling options.
 */
function bundleOf(options: TestAgentsOptions): Promise<WorkflowBundle> | undefined {
  const { workflows, interceptors, bundlerOptions, dataConverter } = options;
  if (bundlerOptions !== undefined || interceptors?.workflowModules !== undefined) return undefined;
  const workflowsPath = modulePath(workflows);
  const key = JSON.stringify([workflowsPath, dataConverter?.failureConverterPath, dataConverter?.payloadConverterPath]);
  const known = bundles.get(key);
  if (known !== undefined) return known;
  const made = bundleWorkflowCode({
    ...bundleOptions({ workflows: workflowsPath, dataConverter }),
    logger: new DefaultLogger('WARN'),
  });
  bundles.set(key, made);
  made.catch(() => bundles.delete(key));
  return made;
}

/** A worker says much that no test looks at. Where somebody has set the SDK up already, it stays as it is. */
function beQuiet(): void {
  try {
    Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  } catch (error) {
    if ((error as Error).name !== 'IllegalStateError') throw error;
  }
}
