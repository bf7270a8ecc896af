/**
 * Temporal UI: where a run can be looked at.
 *
 * @module
 */

/** A web UI on this machine answers at once. Unit: milliseconds. */
const WITHIN_MS = 500;

/**
 * Finds the web UI of a server on this machine: the Temporal CLI's is 1,000 ports above it.
 *
 * @param namespaceId Unique to a server: what listens there may belong to another.
 * @returns Its address; undefined when there is none.
 */
export async function findUi(address: string, namespace: string, namespaceId: string): Promise<string | undefined> {
  const [host, port] = address.split(':');
  if (host !== '127.0.0.1' && host !== 'localhost') return undefined;
  const url = `http://${host}:${Number(port) + 1000}`;
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(WITHIN_MS) });
    const found = (await response.json()) as { readonly namespaceInfo?: { readonly id?: unknown } };
    return found.namespaceInfo?.id === namespaceId ? url : undefined;
  } catch {
    return undefined;
  }
}

/** A run's page; without `uiUrl`, only its path. */
export function runPage(uiUrl: string | undefined, namespace: string, workflowId: string): string {
  return `${uiUrl ?? ''}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
}
