/**
 * Serving: whether a Temporal server that is starting takes requests.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child';

const OK = 200;

/**
 * Starts the server when it does not run, and resolves when `url` of its HTTP API is answered so: a request that goes
 * through its frontend to its database.
 *
 * @param status Of the answer that is waited for. Default: 200.
 *
 * @throws Error after two minutes.
 */
export async function serving(temporal: Child, url: string, status = OK): Promise<void> {
  for (const until = Date.now() + 120_000; Date.now() < until; await delay(50)) {
    temporal.start();
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.status === status) return;
  }
  throw new Error(`The Temporal server does not answer ${url} after two minutes; see its log.`);
}
