/**
 * World: every process of a faults run, the network between them, and somebody who starts again what has ended.
 *
 * Workers and driver reach Temporal through a proxy each; the oracle's own client goes past them.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { agentPlugin } from 'countersign/worker';
import OpenAI from 'openai';
import { Child } from '../production/child';
import { freePort } from '../production/free-port';
import type { DriverSettings } from './driver-process';
import { clockFrom, setClock } from './faketime';
import { implementations } from './implementations';
import type { LinkName } from './plan';
import { Proxy } from './proxy';
import type { FaultServer } from './servers';
import type { WorkerSettings } from './worker-process';

/** How often it is looked whether a process has ended. Unit: milliseconds. */
const LOOK_EVERY_MS = 200;
const TASK_QUEUE = 'faults';

export interface WorldOptions {
  /** Where everything is written. */
  readonly folder: string;
  readonly server: FaultServer;
  readonly seed: number;
  readonly runs: number;
  /** Runs at a time. */
  readonly lanes: number;
  /** Waits have deadlines, and workers and driver clocks that can be set. */
  readonly hasDeadlines: boolean;
}

export class World {
  readonly server: FaultServer;
  readonly links: Readonly<Record<LinkName, Proxy>>;
  readonly journalFile: string;
  readonly ledgerFile: string;
  readonly #folder: string;
  readonly #children: Readonly<Record<string, Child>>;
  /** Down on purpose. */
  readonly #held = new Set<string>();
  /** How often a process was found ended that nobody had killed. */
  readonly endedAlone: Record<string, number> = {};
  #looking: NodeJS.Timeout | undefined;

  private constructor(
    server: FaultServer,
    links: Record<LinkName, Proxy>,
    folder: string,
    children: Record<string, Child>,
  ) {
    this.server = server;
    this.#folder = folder;
    this.links = links;
    this.journalFile = join(folder, 'journal.jsonl');
    this.ledgerFile = join(folder, 'ledger.jsonl');
    this.#children = children;
  }

  /** Everything but the driver runs. */
  static async open({ folder, server, seed, runs, lanes, hasDeadlines }: WorldOptions): Promise<World> {
    mkdirSync(folder, { recursive: true });
    const links = { workers: new Proxy(() => server.port), clients: new Proxy(() => server.port) };
    await Promise.all([links.workers.listen(), links.clients.listen()]);
    const modelPort = await freePort();
    const ledgerFile = join(folder, 'ledger.jsonl');
    const bundle = await bundleInto(folder);
    const worker = (cachedRuns: number): WorkerSettings => ({
      taskQueue: TASK_QUEUE,
      bundle,
      modelUrl: `http://127.0.0.1:${modelPort}/v1`,
      ledgerFile,
      cachedRuns,
    });
    const driver: DriverSettings = {
      address: links.clients.address,
      namespace: server.namespace,
      taskQueue: TASK_QUEUE,
      seed,
      runs,
      lanes,
      hasDeadlines,
      journalFile: join(folder, 'journal.jsonl'),
    };
    const child = (name: string, module: string, argument: string): Child =>
      new Child({
        command: process.execPath,
        args: [require.resolve(module), argument],
        env: {
          ...process.env,
          TEMPORAL_ADDRESS: links.workers.address,
          TEMPORAL_NAMESPACE: server.namespace,
          ...(hasDeadlines && name !== 'model' ? clockFrom(join(folder, `clock-${name}`)) : {}),
        },
        logFile: join(folder, `${name}.log`),
      });
    const world = new World(server, links, folder, {
      ...server.processes,
      model: child('model', './model-process', String(modelPort)),
      // One keeps every run in memory, the other hardly any.
      'worker-1': child('worker-1', './worker-process', JSON.stringify(worker(500))),
      'worker-2': child('worker-2', './worker-process', JSON.stringify(worker(5))),
      driver: child('driver', './driver-process', JSON.stringify(driver)),
    });
    world.#held.add('driver');
    world.#look();
    world.#looking = setInterval(() => world.#look(), LOOK_EVERY_MS);
    return world;
  }

  /** Names of the processes that can be killed. */
  get victims(): readonly string[] {
    return Object.keys(this.#children);
  }

  /** Starts it, and keeps it running from now on. */
  keep(name: string): void {
    this.#held.delete(name);
    this.#childOf(name).start();
  }

  /** It may end, and is not started again. */
  release(name: string): void {
    this.#held.add(name);
  }

  async kill(name: string): Promise<void> {
    this.#held.add(name);
    await this.#childOf(name).kill();
  }

  /** Workers, driver and model as a crash ends them, the server in order. */
  async stopAll(): Promise<void> {
    for (const name of this.victims) this.#held.add(name);
    for (const [name, child] of Object.entries(this.#children))
      if (!(name in this.server.processes)) await child.kill();
    await this.server.stop();
  }

  async startAll(): Promise<void> {
    await this.server.serve();
    for (const name of this.victims) this.keep(name);
  }

  setClock(name: string, byMs: number): void {
    setClock(join(this.#folder, `clock-${name}`), byMs);
  }

  freeze(name: string): void {
    this.#childOf(name).freeze();
  }

  thaw(name: string): void {
    this.#childOf(name).thaw();
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    for (const child of Object.values(this.#children)) child.thaw();
    await this.stopAll();
    for (const link of Object.values(this.links)) link.close();
  }

  #look(): void {
    for (const [name, child] of Object.entries(this.#children)) {
      if (this.#held.has(name) || child.isRunning) continue;
      if (child.hasRun) this.endedAlone[name] = (this.endedAlone[name] ?? 0) + 1;
      child.start();
    }
  }

  #childOf(name: string): Child {
    const child = this.#children[name];
    if (child === undefined) throw new Error(`There is no process "${name}".`);
    return child;
  }
}

/** Of the workers; made once. */
async function bundleInto(folder: string): Promise<string> {
  const workflowsPath = require.resolve('./workflows');
  const openai = new OpenAI({ apiKey: 'scripted' }); // For the plugin to be whole; a bundle asks no model.
  const plugin = await agentPlugin({ workflows: workflowsPath, tools: implementations('/dev/null'), openai });
  const { code } = await bundleWorkflowCode({ workflowsPath, plugins: [plugin], logger: new DefaultLogger('WARN') });
  const path = join(folder, 'workflows.bundle.js');
  writeFileSync(path, code);
  return path;
}
