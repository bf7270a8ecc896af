/**
 * Bench workers: the benchmark's workflows, ours and bare, on one worker each in this process.
 *
 * For what is counted and not timed. Model, tools and client's side are the benchmark's own. Identities are
 * short and fixed, because they are in the histories whose bytes are compared.
 *
 * @module
 */
import { join } from 'node:path';
import type { ConnectionOptions } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import OpenAI from 'openai';
import { AgentClient } from '../../src/client';
import { startScriptedModel, type ScriptedModel } from '../../src/testing';
import { createWorker } from '../../src/worker';
import { createBareActivities } from '../../tools/bench/bare/activities';
import { implementations } from '../../tools/bench/implementations';
import { modelScript } from '../../tools/bench/model-script';
import type { Served } from '../../tools/bench/start-worker-process';
import { installRuntime } from './temporal';

export interface BenchWorkers {
  readonly client: AgentClient;
  readonly model: ScriptedModel;
  readonly ours: Served;
  readonly bare: Served;
  /** Names of the requests that the client has sent to Temporal since it was last asked. */
  requests(): readonly string[];
  stop(): Promise<void>;
}

const IDENTITY = 'bench';
const ROOT = join(__dirname, '../..');
type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

export async function startBenchWorkers(address: string): Promise<BenchWorkers> {
  installRuntime();
  const sent: string[] = [];
  const counting: Interceptor = (options, next) => {
    sent.push(options.method_definition.path.split('/').at(-1) ?? '');
    return next(options) as ReturnType<Interceptor>;
  };
  const [model, connection, client, oursBundle, bareBundle] = await Promise.all([
    startScriptedModel({ replies: modelScript }),
    NativeConnection.connect({ address }),
    AgentClient.connect({ address, interceptors: [counting] }),
    bundleOurs(),
    bundleWorkflowCode({
      workflowsPath: require.resolve('../../tools/bench/bare/workflows'),
      logger: new DefaultLogger('WARN'),
    }),
  ]);
  const ours: Served = { kind: 'ours', taskQueue: `bench-${crypto.randomUUID().slice(0, 5)}` };
  const bare: Served = { kind: 'bare', taskQueue: `bench-${crypto.randomUUID().slice(0, 5)}` };
  const workers = await Promise.all([
    createWorker({
      workflows: require.resolve('../../tools/bench/workflows'),
      workflowBundle: oursBundle,
      tools: implementations,
      openai: new OpenAI({ apiKey: 'scripted', baseURL: model.url }),
      connection,
      taskQueue: ours.taskQueue,
      identity: IDENTITY,
    }),
    Worker.create({
      workflowBundle: bareBundle,
      activities: createBareActivities(model.url),
      connection,
      taskQueue: bare.taskQueue,
      identity: IDENTITY,
    }),
  ]);
  const running = workers.map((worker) => worker.run());
  return {
    client,
    model,
    ours,
    bare,
    requests: () => sent.splice(0),
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await client.close();
      await connection.close();
      await model.close();
    },
  };
}

/** The workflows import the package by its name, which is dist/ in a bundle: so is what goes with them. */
async function bundleOurs() {
  const { bundleOptions } = require(join(ROOT, 'dist/worker.js')) as typeof import('../../src/worker');
  const workflows = require.resolve('../../tools/bench/workflows');
  return await bundleWorkflowCode({ ...bundleOptions({ workflows }), logger: new DefaultLogger('WARN') });
}
