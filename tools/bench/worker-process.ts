/**
 * Worker process: one worker, of ours or bare, in a process that does nothing else.
 *
 * Started by startWorkerProcess, told what to serve as JSON in its first argument, and asked for its
 * memory, its cache, its CPU time or its end by messages. Ends when its parent does.
 *
 * @module
 */
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createWorker } from 'countersign/worker';
import { createBareActivities } from './bare/activities';
import { collectGarbage } from './every-thread';
import { encoding } from './encoding';
import { implementations } from './implementations';
import type { Kind } from './task';

export interface WorkerSettings {
  readonly kind: Kind;
  readonly taskQueue: string;
  /** Path of the bundle. */
  readonly bundle: string;
  /** Of the SDK, the same for both kinds. Default: room for all parked runs of a measurement. */
  readonly tuning: WorkerTuning;
}

export type WorkerTuning = Pick<WorkerOptions, 'maxCachedWorkflows'>;

/** What the process is asked. */
export type WorkerRequest = 'memory' | 'cache' | 'cpu' | 'stop';

/** What it says. */
export type WorkerMessage =
  /** It polls; milliseconds since it was told to make a worker. */
  | { readonly type: 'running'; readonly startedInMs: number }
  | { readonly type: 'memory'; readonly residentBytes: number; readonly heapBytes: number }
  | { readonly type: 'cache'; readonly cachedRuns: number }
  /** Milliseconds of all its threads so far. */
  | { readonly type: 'cpu'; readonly cpuMs: number };

/** All parked runs of a measurement must stay in memory. Unit: runs. */
const CACHED_RUNS = 2000;
const ROOMY: WorkerTuning = { maxCachedWorkflows: CACHED_RUNS };

async function main(settings: WorkerSettings): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const from = performance.now();
  const worker = await (settings.kind === 'ours' ? ours(settings) : bare(settings));
  const running = worker.run();
  if (worker.getState() !== 'RUNNING') throw new Error(`The worker is ${worker.getState()} and not running.`);
  say({ type: 'running', startedInMs: performance.now() - from });
  process.on('message', (request: WorkerRequest) => {
    if (request === 'stop') worker.shutdown();
    else if (request === 'cache') say({ type: 'cache', cachedRuns: worker.getStatus().numCachedWorkflows });
    else if (request === 'cpu') say({ type: 'cpu', cpuMs: cpuMs() });
    else void reportMemory();
  });
  await running;
  process.disconnect();
}

function ours({ taskQueue, bundle, tuning }: WorkerSettings): Promise<Worker> {
  return createWorker({
    workflows: require.resolve('./workflows'),
    tools: implementations,
    taskQueue,
    workflowBundle: { codePath: bundle },
    ...encoding,
    ...ROOMY,
    ...tuning,
  });
}

async function bare({ taskQueue, bundle, tuning }: WorkerSettings): Promise<Worker> {
  const connection = await NativeConnection.connect({ address: environment('TEMPORAL_ADDRESS') });
  return await Worker.create({
    connection,
    namespace: environment('TEMPORAL_NAMESPACE'),
    activities: createBareActivities(environment('OPENAI_BASE_URL')),
    taskQueue,
    workflowBundle: { codePath: bundle },
    ...encoding,
    ...ROOMY,
    ...tuning,
  });
}

async function reportMemory(): Promise<void> {
  const heapBytes = await collectGarbage();
  say({ type: 'memory', residentBytes: process.memoryUsage.rss(), heapBytes });
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set.`);
  return value;
}

function say(message: WorkerMessage): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit());
main(JSON.parse(process.argv[2] ?? '') as WorkerSettings).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
