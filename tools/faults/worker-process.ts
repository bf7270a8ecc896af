/**
 * Worker process: a worker in a process that is killed. Told what to serve as JSON in its first argument.
 *
 * Ends when it cannot connect, or loses its connection for good: whoever runs it starts it again.
 *
 * @module
 */
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { createWorker } from 'countersign/worker';
import OpenAI from 'openai';
import { implementations } from './implementations';

export interface WorkerSettings {
  readonly taskQueue: string;
  /** Path of the bundle. */
  readonly bundle: string;
  readonly modelUrl: string;
  readonly ledgerFile: string;
  /** Runs that it keeps in memory: with few, runs are replayed all the time. */
  readonly cachedRuns: number;
}

async function main({ taskQueue, bundle, modelUrl, ledgerFile, cachedRuns }: WorkerSettings): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  });
  const worker = await createWorker({
    workflows: require.resolve('./workflows'),
    workflowBundle: { codePath: bundle },
    tools: implementations(ledgerFile),
    openai: new OpenAI({ apiKey: 'scripted', baseURL: modelUrl }),
    taskQueue,
    maxCachedWorkflows: cachedRuns,
    // A task that was meant for a killed worker's memory is soon given to another.
    stickyQueueScheduleToStartTimeout: '2 seconds',
  });
  await worker.run();
}

main(JSON.parse(process.argv[2] ?? '') as WorkerSettings).then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(new Date().toISOString(), error);
    process.exit(1);
  },
);
