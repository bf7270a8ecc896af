/**
 * Abortable: one request that a signal can stop.
 *
 * Temporal's client adds a listener to the signal for every request and never takes one away, so a
 * signal that lives as long as a watcher would collect them. Each request gets a signal of its own.
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
