/**
 * Recorded: a client of the model that the environment names, and what was sent to it and came back.
 *
 * Headers are not kept: they have the key. Where the records are is said once.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';

const FOLDER = join(__dirname, '../../build/real-model');

export interface Exchange {
  readonly path: string;
  readonly sent: unknown;
  /** Absent when nothing came. */
  readonly status?: number;
  /** As it came: JSON, or the lines of a stream. */
  readonly received: string;
}

export interface RecordedModel {
  readonly client: OpenAI;
  readonly model: string;
  /** Writes what was exchanged since the last time, and gives it. */
  keep(name: string): Promise<readonly Exchange[]>;
}

/** @throws Error when the environment names no model. */
export function recordedModel(): RecordedModel {
  const { OPENAI_BASE_URL: baseURL, OPENAI_MODEL: model, OPENAI_API_KEY: apiKey = 'none' } = process.env;
  if (!baseURL || !model) {
    throw new Error(
      'npm run test:model asks a real model: set OPENAI_BASE_URL and OPENAI_MODEL, and OPENAI_API_KEY where it needs one. CONTRIBUTING.md says how to start one on your machine.',
    );
  }
  let exchanges: Promise<Exchange>[] = [];
  const recording: typeof fetch = async (input, init) => {
    const body: unknown = init?.body;
    const sent = typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined;
    const path = new URL(input instanceof Request ? input.url : input).pathname;
    const response = await fetch(input, init).catch((error: unknown) => {
      exchanges.push(Promise.resolve({ path, sent, received: `(not sent: ${String(error)})` }));
      throw error;
    });
    const copy = response.clone();
    exchanges.push(
      copy
        .text()
        .catch((error: unknown) => `(broken off: ${String(error)})`)
        .then((received) => ({
          path,
          sent,
          status: response.status,
          received,
        })),
    );
    return response;
  };
  mkdirSync(FOLDER, { recursive: true });
  process.stdout.write(`What is sent and what comes is written to ${FOLDER}\n`);
  return {
    client: new OpenAI({ apiKey, baseURL, fetch: recording, maxRetries: 0 }),
    model,
    async keep(name) {
      const kept = await Promise.all(exchanges);
      exchanges = [];
      writeFileSync(join(FOLDER, `${name}.json`), `${JSON.stringify(kept, null, 2)}\n`);
      return kept;
    },
  };
}
