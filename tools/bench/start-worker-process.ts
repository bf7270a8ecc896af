/**
 * Starts worker processes, and speaks with them.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Bench } from './bench';
import { type Kind, KINDS } from './task';
import type { WorkerMessage, WorkerRequest, WorkerSettings, WorkerTuning } from './worker-process';

/** Where runs of a kind are served. */
export interface Served {
  readonly kind: Kind;
  readonly taskQueue: string;
}

export interface WorkerProcess extends Served {
  /** From the call that makes the worker until it polls, without the start of the process. Unit: milliseconds. */
  readonly startedInMs: number;
  /** What it holds after garbage collection in all its threads. */
  memory(): Promise<{ readonly residentBytes: number; readonly heapBytes: number }>;
  /** Runs that it keeps in memory. */
  cachedRuns(): Promise<number>;
  /** CPU time that its process has used. Unit: milliseconds. */
  cpuMs(): Promise<number>;
  /** Stops the worker and waits until its process has ended. */
  stop(): Promise<void>;
  /** Ends the process as a crash would, and waits until it has ended. */
  kill(): Promise<void>;
}

export interface WorkerStart {
  /** Default: one of its own. */
  readonly taskQueue?: string;
  readonly tuning?: WorkerTuning;
}

/** Resolves when the worker polls. */
export async function startWorkerProcess(bench: Bench, kind: Kind, start: WorkerStart = {}): Promise<WorkerProcess> {
  // As long as the default one: its name is in every second history event.
  const { taskQueue = `bench-${crypto.randomUUID().slice(0, 5)}`, tuning = {} } = start;
  const settings: WorkerSettings = { kind, taskQueue, bundle: bench.bundles[kind], tuning };
  const child = fork(require.resolve('./worker-process'), [JSON.stringify(settings)], {
    execArgv: ['--expose-gc', '--require', require.resolve('./every-thread')],
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: bench.address,
      TEMPORAL_NAMESPACE: bench.namespace,
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: bench.modelUrl,
    },
  });
  // When a measurement fails, this process ends, and each worker's with it.
  child.unref();
  child.channel?.unref();
  const ended = once(child, 'exit');
  const { startedInMs } = await message(child, 'running');
  return {
    kind,
    taskQueue,
    startedInMs,
    async memory() {
      const told = message(child, 'memory');
      ask(child, 'memory');
      return await told;
    },
    async cachedRuns() {
      const told = message(child, 'cache');
      ask(child, 'cache');
      return (await told).cachedRuns;
    },
    async cpuMs() {
      const told = message(child, 'cpu');
      ask(child, 'cpu');
      return (await told).cpuMs;
    },
    async stop() {
      ask(child, 'stop');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs `measure` while a worker of each kind runs, each in a process of its own. */
export async function withWorkers<T>(
  bench: Bench,
  measure: (workers: Readonly<Record<Kind, WorkerProcess>>) => Promise<T>,
  tuning: WorkerTuning = {},
): Promise<T> {
  const [ours, bare] = await Promise.all(KINDS.map((kind) => startWorkerProcess(bench, kind, { tuning })));
  const workers = { ours: ours as WorkerProcess, bare: bare as WorkerProcess };
  try {
    return await measure(workers);
  } finally {
    await Promise.all([workers.ours.stop(), workers.bare.stop()]);
  }
}

function ask(child: ChildProcess, request: WorkerRequest): void {
  child.send(request);
}

/** The next message of a type. @throws Error when the process ends before. */
function message<Type extends WorkerMessage['type']>(
  child: ChildProcess,
  type: Type,
): Promise<Extract<WorkerMessage, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const listen = (told: WorkerMessage): void => {
      if (told.type !== type) return;
      child.off('message', listen).off('exit', fail);
      resolve(told as Extract<WorkerMessage, { type: Type }>);
    };
    const fail = (code: number | null): void => reject(new Error(`A worker process ended with code ${code}.`));
    child.on('message', listen).once('exit', fail);
  });
}
