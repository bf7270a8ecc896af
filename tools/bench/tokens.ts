/**
 * Tokens: from a chunk's leaving the model until a watcher has it. One run at a time.
 *
 * The model says numbers, twenty in a second, and keeps when it said which; the watcher looks up what the
 * last number of each delta is. Both live in this process, so that there is one clock.
 *
 * @module
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { AgentClient, AgentStream } from 'countersign/client';
import type { Bench } from './bench';
import { type Figure, figure } from './figure';
import { startWorkerProcess, type WorkerProcess } from './start-worker-process';
import { QUESTION_RUN, USER_MESSAGE } from './task';

/** Chunks of a reply. */
const CHUNKS = 80;
/** As a model that speaks fast. Unit: milliseconds. */
const EVERY_MS = 50;

export async function measureTokens(bench: Bench, rounds: number): Promise<readonly Figure[]> {
  const model = await startSpeaker();
  const worker = await startWorkerProcess({ ...bench, modelUrl: model.url }, 'ours');
  try {
    await lagsOfRun(bench, worker, model); // Warm: code is compiled, connections are open.
    const runs: (readonly number[])[] = [];
    for (let round = 0; round < rounds; round += 1) runs.push(await lagsOfRun(bench, worker, model));
    return [
      figure({
        name: 'chunk of the model to watcher, p50',
        unit: 'ms',
        ours: runs.flat(),
        target: { of: 'ours', bound: 'at most', value: 250 },
      }),
      figure({ name: 'chunk of the model to watcher, p95', unit: 'ms', ours: runs.map(p95) }),
    ];
  } finally {
    await worker.stop();
    model.close();
  }
}

async function lagsOfRun({ client }: Bench, worker: WorkerProcess, model: Speaker): Promise<readonly number[]> {
  const lags: number[] = [];
  const run = await new AgentClient(client).run(QUESTION_RUN.ours, { userMsg: USER_MESSAGE }, worker);
  for await (const event of run.streamEvents()) {
    if (!AgentStream.is(event)) continue;
    const now = performance.now();
    for (const said of event.delta.trim().split(' ')) lags.push(now - (model.saidAt[Number(said)] ?? Number.NaN));
  }
  return lags;
}

function p95(lags: readonly number[]): number {
  return [...lags].sort((a, b) => a - b)[Math.ceil(lags.length * 0.95) - 1] ?? Number.NaN;
}

interface Speaker {
  readonly url: string;
  /** When the last reply's chunk of a number went out. */
  readonly saidAt: readonly number[];
  close(): void;
}

async function startSpeaker(): Promise<Speaker> {
  const saidAt: number[] = [];
  const speak = async (response: ServerResponse): Promise<void> => {
    const send = (delta: object, finish: string | null): void => {
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`);
    };
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let nth = 0; nth < CHUNKS; nth += 1) {
      saidAt[nth] = performance.now();
      send({ content: `${nth} ` }, null);
      await delay(EVERY_MS);
    }
    send({}, 'stop');
    response.end('data: [DONE]\n\n');
  };
  const server = createServer((request, response) => {
    request.resume().once('end', () => void speak(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    saidAt,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
