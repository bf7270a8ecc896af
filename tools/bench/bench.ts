/**
 * Bench: what all measurements share. A server, a model, a client, and both bundles.
 *
 * The server is one of our own, or what TEMPORAL_ADDRESS names. Client and model live in this process,
 * workers in processes of their own.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { startDevServer, startScriptedModel } from 'countersign/testing';
import { agentPlugin } from 'countersign/worker';
import OpenAI from 'openai';
import { encoding } from './encoding';
import { implementations } from './implementations';
import { modelScript } from './model-script';
import type { Kind } from './task';

export interface BenchServer {
  readonly client: Client;
  /** `host:port` of Temporal. */
  readonly address: string;
  readonly namespace: string;
  /** Whether it is ours, and empty at its start. */
  readonly owned: boolean;
  close(): Promise<void>;
}

export interface Bench extends BenchServer {
  /** Ends in `/v1`. */
  readonly modelUrl: string;
  /** Paths of the workflow bundles. */
  readonly bundles: Readonly<Record<Kind, string>>;
  /** The same on a server that holds nothing yet; on the one that TEMPORAL_ADDRESS names, if it names one. */
  onFreshServer(): Promise<Bench>;
}

/** @param settings Of the server's dynamic configuration, each as `name=value`. */
export async function openBench(settings: readonly string[] = []): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  const [server, model, ours, bare] = await Promise.all([
    openServer(settings),
    startScriptedModel({ replies: modelScript }),
    bundleOurs(join(folder, 'ours.js')),
    bundleBare(join(folder, 'bare.js')),
  ]);
  const shared = {
    modelUrl: model.url,
    bundles: { ours, bare },
    onFreshServer: async (): Promise<Bench> => ({ ...(await openServer(settings)), ...shared }),
  };
  return {
    ...server,
    ...shared,
    async close() {
      await model.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function openServer(dynamicConfig: readonly string[]): Promise<BenchServer> {
  const server = await startDevServer({ port: await freePort(), ui: false, dynamicConfig });
  const { address, namespace, owned } = server;
  const connection = await Connection.connect({ address });
  return {
    client: new Client({ connection, namespace, ...encoding }),
    address,
    namespace,
    owned,
    async close() {
      await connection.close();
      await server.stop();
    },
  };
}

async function bundleOurs(path: string): Promise<string> {
  const workflows = require.resolve('./workflows');
  const openai = new OpenAI({ apiKey: 'bench' }); // For the plugin to be whole; a bundle asks no model.
  const plugin = await agentPlugin({ workflows, tools: implementations, openai });
  return await bundle(workflows, path, [plugin]);
}

function bundleBare(path: string): Promise<string> {
  return bundle(require.resolve('./bare/workflows'), path, []);
}

async function bundle(
  workflowsPath: string,
  path: string,
  plugins: readonly Awaited<ReturnType<typeof agentPlugin>>[],
): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    plugins: [...plugins],
    logger: new DefaultLogger('WARN'),
    ...(encoding.dataConverter && { failureConverterPath: encoding.dataConverter.failureConverterPath }),
  });
  await writeFile(path, code);
  return path;
}

/** Not the usual one: a server of somebody's at work must not be what is measured, nor be in the way. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
