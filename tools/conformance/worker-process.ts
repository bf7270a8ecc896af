/**
 * Worker process: a worker that serves scenarios, in a process that can be killed.
 *
 * Told what to serve as JSON in its first argument. Ends when its parent does.
 *
 * @module
 */
import type { Context as ActivityContext } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { type ActivityInterceptors, DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { createWorker, implement } from 'countersign/worker';
import OpenAI from 'openai';
import { effectTool } from './effect-tool';
import { recordEffect } from './effects';

export interface WorkerSettings {
  readonly taskQueue: string;
  /** Path of the module that exports the scenarios' workflows. */
  readonly workflows: string;
  /** Path of its bundle. */
  readonly bundle: string;
  readonly modelUrl: string;
  readonly effectsFolder: string;
}

/** The format's rule: a model call has three attempts. */
const MODEL_ATTEMPTS = 3;
const BETWEEN_ATTEMPTS_MS = 50;

async function main({ taskQueue, workflows, bundle, modelUrl, effectsFolder }: WorkerSettings): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    // Workers that were killed leave the core much to warn of.
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
  });
  const worker = await createWorker({
    workflows,
    workflowBundle: { codePath: bundle },
    tools: [
      implement(effectTool, async ({ scenario, name }, { idempotencyKey, attempt }) => {
        recordEffect(effectsFolder, scenario, { name, key: idempotencyKey, attempt });
      }),
    ],
    openai: new OpenAI({ apiKey: 'scripted', baseURL: modelUrl }),
    taskQueue,
    interceptors: { activity: [limitModelAttempts] },
    // A task that was meant for a killed worker's cache is soon given to another.
    stickyQueueScheduleToStartTimeout: '1 second',
  });
  const running = worker.run();
  process.send?.('running');
  await running;
}

/** Temporal would retry a failing model for as long as `modelRetryFor` says: an hour. */
function limitModelAttempts({ info }: ActivityContext): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (info.activityType !== 'callModel' || !(error instanceof ApplicationFailure)) throw error;
          throw ApplicationFailure.create({
            message: error.message,
            ...(error.type == null ? {} : { type: error.type }),
            ...(error.details == null ? {} : { details: error.details }),
            nonRetryable: error.nonRetryable === true || info.attempt >= MODEL_ATTEMPTS,
            nextRetryDelay: BETWEEN_ATTEMPTS_MS,
          });
        }
      },
    },
  };
}

process.once('disconnect', () => process.exit());
main(JSON.parse(process.argv[2] ?? '') as WorkerSettings).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
