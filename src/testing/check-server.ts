/**
 * Check server: whether a Temporal server serves a namespace, for one that is starting and one that is running.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { connectError, GRPC, grpcErrorOf, openConnection, type ConnectionSettings } from '../connection';
import { errorText } from '../protocol';

/** How often a starting server is asked; it is up within 200 ms. */
const INTERVAL_MS = 20;
const ADVICE = 'start one there, or unset TEMPORAL_ADDRESS to have one started';

/**
 * Resolves when a server that was just started serves the namespace; rejects when `signal` aborts.
 *
 * @param httpPort Of its HTTP API. Chosen for this server alone, so that an answer there proves that ours got its gRPC
 *   port, where another server might answer.
 */
export async function whenServing(httpPort: number, namespace: string, signal: AbortSignal): Promise<void> {
  const url = `http://127.0.0.1:${httpPort}/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  for (;;) {
    const response = await fetch(url, { signal }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await delay(INTERVAL_MS, undefined, { signal });
  }
}

/**
 * Asks a running server for the namespace, once.
 *
 * @throws Error with a message that continues after "but": nothing answers in time, or it has no such namespace.
 */
export async function checkServing(
  address: string,
  namespace: string,
  { options, tlsSetBy }: Pick<ConnectionSettings, 'options' | 'tlsSetBy'>,
  timeoutMs: number,
): Promise<void> {
  const connection = await openConnection({ ...options, address, connectTimeout: timeoutMs }).catch(async (error) => {
    throw await connectError(error, { ...options, address, tlsSetBy, advice: ADVICE });
  });
  try {
    const ask = () => connection.workflowService.describeNamespace({ namespace });
    await connection.withDeadline(Date.now() + timeoutMs, ask);
  } catch (cause) {
    if (grpcErrorOf(cause)?.code !== GRPC.notFound)
      throw new Error(`that server does not tell about the namespace ${namespace}: ${errorText(cause)}.`, { cause });
    const create = `temporal operator namespace create --address ${address} --namespace ${namespace}`;
    throw new Error(`that server has no namespace ${namespace}. Create it with \`${create}\`, or name another.`);
  } finally {
    await connection.close();
  }
}
