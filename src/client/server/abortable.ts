/**
 * Abortable: one request that a signal can stop.
 *
 * Temporal's client adds a listener to the signal for every request and never removes it, so each request gets its own
 * signal.
 *
 * @module
 */
import type { Client } from '@temporalio/client';

export async function abortable<T>(client: Client, signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  const own = new AbortController();
  const abort = (): void => own.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await client.withAbortSignal(own.signal, request);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
