/**
 * Soak: hours of traffic on a production server, and what it does to the memory of worker and client.
 *
 *     npm run soak [-- --minutes N] [--parked N] [--per-second N] [--seed N] [--out FOLDER]
 *
 * `--minutes`: default 60, at least 8. `--parked`: runs that wait at any time, default 500. `--per-second`: runs answered,
 * default 3. `--out`: where soak.json and soak.svg are written, default docs/reliability. On a production server
 * of its own, or the server that TEMPORAL_ADDRESS names.
 *
 * Ends with code 1 when heaps have grown, or something happened that must not; with 2 when it could not be run.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AgentClient } from 'countersign/client';
import { openBench } from '../bench/bench';
import { quantile } from '../bench/figure';
import { readEnvironment } from '../bench/report';
import { startWorkerProcess, type WorkerProcess } from '../bench/start-worker-process';
import { QUESTION_RUN, USER_MESSAGE } from '../bench/task';
import { startProductionServer } from '../production/production-server';
import { plot } from './plot';
import { seeded } from '../random';
import { type Counts, Traffic } from './traffic';

/** One a minute. */
export interface Sample {
  /** Since traffic began. */
  readonly minute: number;
  readonly workerMb: number;
  readonly workerHeapMb: number;
  readonly clientMb: number;
  readonly clientHeapMb: number;
  readonly parked: number;
  readonly runs: number;
  readonly askedP50Ms: number;
  readonly answeredP50Ms: number;
  readonly answeredP99Ms: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** What heaps may grow by, from the second quarter to the last. */
const FLAT = 1.1;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      parked: { type: 'string', default: '500' },
      'per-second': { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      out: { type: 'string', default: 'docs/reliability' },
    },
  });
  const [minutes, parked, perSecond, seed] = (['minutes', 'parked', 'per-second', 'seed'] as const).map((name) =>
    positive(name, values[name]),
  ) as [number, number, number, number];
  if (minutes < 8) throw new Error('--minutes takes a number from 8: quarters of it are compared.');
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const close: (() => Promise<unknown>)[] = [];
  try {
    const server = process.env['TEMPORAL_ADDRESS'] ? undefined : await ownServer(close, say);
    const address = server ?? process.env['TEMPORAL_ADDRESS'] ?? '';
    process.env['TEMPORAL_ADDRESS'] = address;
    const bench = await openBench();
    close.push(() => bench.close());
    const model = await modelProcess();
    close.push(model.stop);
    const worker = await startWorkerProcess({ ...bench, modelUrl: model.url }, 'ours');
    close.push(() => worker.stop());
    const client = await AgentClient.connect({ address });
    close.push(() => client.close());
    const traffic = new Traffic({
      client,
      parked,
      perSecond,
      workflow: QUESTION_RUN.ours,
      taskQueue: worker.taskQueue,
      userMsg: USER_MESSAGE,
      random: seeded(seed, 'traffic').next,
    });
    say(`Parking ${parked} runs on ${address}...`);
    await traffic.fill();
    const samples = await soak(traffic, worker, minutes, say);
    const environment = await readEnvironment(bench);
    const report = { measuredAt: new Date().toISOString(), environment, minutes, parked, perSecond, seed, samples };
    const growth = growthOf(samples);
    mkdirSync(values.out, { recursive: true });
    writeFileSync(
      join(values.out, 'soak.json'),
      JSON.stringify({ ...report, growth, defects: traffic.defects }, null, 1),
    );
    writeFileSync(join(values.out, 'soak.svg'), plot(samples));
    say(`Heaps of the last quarter to the second: worker ${show(growth.worker)}, client ${show(growth.client)}.`);
    for (const defect of traffic.defects) say(`DEFECT: ${defect}`);
    if (server === undefined) await traffic.clear();
    if (!(growth.worker <= FLAT && growth.client <= FLAT) || traffic.defects.length > 0) process.exitCode = 1;
  } finally {
    for (const one of close.reverse()) await one();
  }
}

async function ownServer(close: (() => Promise<unknown>)[], say: (line: string) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-soak-'));
  close.push(async () => rmSync(folder, { recursive: true, force: true }));
  const server = await startProductionServer({ folder, say });
  close.push(() => server.stop());
  return server.address;
}

/** In a process of its own: it keeps all that it is asked, and that is not the client's memory. */
async function modelProcess(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = fork(require.resolve('./model-process'));
  const [url] = (await once(child, 'message')) as [string];
  return {
    url,
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function soak(
  traffic: Traffic,
  worker: WorkerProcess,
  minutes: number,
  say: (line: string) => void,
): Promise<readonly Sample[]> {
  const from = Date.now();
  const until = from + minutes * 60_000;
  const samples: Sample[] = [];
  traffic.takeCounts();
  const sample = async (): Promise<void> => {
    const counts = traffic.takeCounts();
    samples.push(await sampleOf((Date.now() - from) / 60_000, traffic, worker, counts));
    say(JSON.stringify(samples.at(-1)));
  };
  let sampled = Promise.resolve();
  const every = setInterval(() => {
    sampled = sampled.then(sample);
    sampled.catch(() => undefined); // Thrown below, when the traffic is over.
  }, 60_000);
  await traffic.run(until);
  clearInterval(every);
  await sampled;
  return samples;
}

async function sampleOf(minute: number, traffic: Traffic, worker: WorkerProcess, counts: Counts): Promise<Sample> {
  const { residentBytes, heapBytes } = await worker.memory();
  globalThis.gc?.();
  const client = process.memoryUsage();
  const ms = (samples: readonly number[], part?: number): number => Math.round(quantile(samples, part) * 10) / 10;
  const mb = (bytes: number): number => Math.round(bytes / 1e5) / 10;
  return {
    minute: Math.round(minute * 100) / 100,
    workerMb: mb(residentBytes),
    workerHeapMb: mb(heapBytes),
    clientMb: mb(client.rss),
    clientHeapMb: mb(client.heapUsed),
    parked: traffic.parked,
    runs: counts.ended,
    askedP50Ms: ms(counts.asked),
    answeredP50Ms: ms(counts.answered),
    answeredP99Ms: ms(counts.answered, 0.99),
    refused: counts.refused,
  };
}

/** Of the heaps after garbage collection, which tell more than what the system has given to the process. */
function growthOf(samples: readonly Sample[]): { readonly worker: number; readonly client: number } {
  const quarter = (nth: number): readonly Sample[] =>
    samples.slice(Math.floor(((nth - 1) * samples.length) / 4), Math.floor((nth * samples.length) / 4));
  const growth = (read: (sample: Sample) => number): number =>
    quantile(quarter(4).map(read)) / quantile(quarter(2).map(read));
  return { worker: growth((sample) => sample.workerHeapMb), client: growth((sample) => sample.clientHeapMb) };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (text === '' || !(number > 0)) throw new Error(`--${name} takes a number above 0, not "${text}".`);
  return number;
}

function show(ratio: number): string {
  return ratio.toFixed(3);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
