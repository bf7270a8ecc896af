/**
 * A worker that serves all the examples, until Ctrl-C or SIGTERM.
 *
 * It connects as the Temporal CLI does: by TEMPORAL_ADDRESS and the CLI's other variables, or its
 * temporal.toml. COUNTERSIGN_TASK_QUEUE names another task queue than `countersign`. Without OPENAI_API_KEY
 * it uses a scripted model; OPENAI_BASE_URL and OPENAI_MODEL choose another one. COUNTERSIGN_ENCRYPTION_KEYS has it
 * encrypt what its runs hold.
 *
 * @module
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { encryptedDataConverter, keysFromEnvironment } from 'countersign/encryption';
import { startScriptedModel } from 'countersign/testing';
import { createWorker } from 'countersign/worker';
import OpenAI from 'openai';
import { tools } from './tools';

async function main(): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      const error = meta?.['error'];
      console.error(`${level}: ${message}${error instanceof Error ? `: ${error.message}` : ''}`);
    }),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  });
  const { COUNTERSIGN_TASK_QUEUE, OPENAI_API_KEY, OPENAI_MODEL } = process.env;
  const keys = keysFromEnvironment();
  const scripted = OPENAI_API_KEY ? undefined : await startScriptedModel();
  try {
    const taskQueue = COUNTERSIGN_TASK_QUEUE?.trim() || 'countersign';
    const worker = await createWorker({
      workflows: require.resolve('./workflows'),
      tools,
      taskQueue,
      ...(scripted && { openai: new OpenAI({ apiKey: 'scripted', baseURL: scripted.url }) }),
      ...(OPENAI_MODEL && { model: OPENAI_MODEL }),
      ...(keys && { dataConverter: encryptedDataConverter(keys) }),
    });
    const stopped = worker.run();
    console.log(
      `ready: task queue ${taskQueue}, ${scripted ? 'scripted model (OPENAI_API_KEY is not set)' : 'real model'}${keys ? `, encrypted with the key ${keys.use}` : ''}`,
    );
    await stopped;
  } finally {
    await scripted?.close();
  }
}

main().catch((error: Error) => {
  console.error(process.env['COUNTERSIGN_DEBUG'] ? error : `worker: ${error.message}`);
  process.exit(1);
});
