/**
 * Stage: what all scenarios share. A server, a model, a client, one bundle, one worker.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { AgentClient } from 'countersign/client';
import { startDevServer, startScriptedModel } from 'countersign/testing';
import { bundleOptions } from 'countersign/worker';
import { Killable } from './killable';
import type { ModelPart } from './model-part';
import type { Cast, Scenario } from './scenario';
import type { WorkerSettings } from './worker-process';

export interface Stage {
  readonly address: string;
  readonly namespace: string;
  readonly client: AgentClient;
  /** What the model says, and what it was asked, by workflow name. */
  readonly model: { readonly parts: Map<string, ModelPart>; requestsOf(workflow: string): readonly ModelRequest[] };
  readonly effectsFolder: string;
  /** The queue of a worker that is never killed. */
  readonly sharedQueue: string;
  /** Resolves when it polls. */
  startWorker(taskQueue: string): Promise<Killable>;
  close(): Promise<void>;
}

export type ModelRequest = Awaited<ReturnType<typeof startScriptedModel>>['requests'][number];

/** The folders in which this module finds packages. */
const PACKAGES = require.resolve.paths('@temporalio/workflow') ?? [];

/** @param scenarios By workflow name; each can be built. */
export async function openStage(scenarios: ReadonlyMap<string, Scenario>): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-conformance-'));
  const workflows = join(folder, 'workflows.js');
  const bundle = join(folder, 'bundle.js');
  await writeFile(workflows, workflowsModule(scenarios));
  const parts = new Map<string, ModelPart>();
  const [server, model] = await Promise.all([
    startDevServer({ ui: false }),
    startScriptedModel({ replies: (request) => parts.get(request.model)?.reply() }),
    writeBundle(workflows, bundle),
  ]);
  const { address, namespace } = server;
  const startWorker = async (taskQueue: string): Promise<Killable> => {
    const settings: WorkerSettings = { taskQueue, workflows, bundle, modelUrl: model.url, effectsFolder: folder };
    const env = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    const worker = new Killable(require.resolve('./worker-process'), settings, env);
    await worker.told((message): message is 'running' => message === 'running');
    return worker;
  };
  const sharedQueue = `conformance-${crypto.randomUUID()}`;
  const [client, shared] = await Promise.all([AgentClient.connect({ address, namespace }), startWorker(sharedQueue)]);
  return {
    address,
    namespace,
    client,
    model: { parts, requestsOf: (name) => model.requests.filter((request) => request.model === name) },
    effectsFolder: folder,
    sharedQueue,
    startWorker,
    async close() {
      await shared.kill();
      await client.close();
      await model.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The casts alone: what a workflow does must not depend on what is expected of it. */
function workflowsModule(scenarios: ReadonlyMap<string, Scenario>): string {
  const casts = [...scenarios].map(([name, { tools, event_types, workflow }]): [string, Cast] => [
    name,
    { tools, event_types, workflow },
  ]);
  const builder = JSON.stringify(require.resolve('./scenario-workflows'));
  return `module.exports = require(${builder}).scenarioWorkflows(${JSON.stringify(Object.fromEntries(casts))});\n`;
}

async function writeBundle(workflows: string, path: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    ...bundleOptions({ workflows }),
    logger: new DefaultLogger('WARN'),
    // Where the module was written, no packages can be found.
    webpackConfigHook: ({ resolve, ...config }) => ({
      ...config,
      resolve: { ...resolve, modules: [...(resolve?.modules ?? ['node_modules']), ...PACKAGES] },
    }),
  });
  await writeFile(path, code);
}
