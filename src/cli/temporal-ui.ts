/**
 * Temporal UI: where a run can be looked at.
 *
 * @module
 */

/** A web UI on this machine answers at once. Unit: milliseconds. */
const WITHIN_MS = 500;

/** The web UI that belongs to a server: the Temporal CLI's own is 1,000 ports above it. None: none is there. */
export async function findUi(address: string): Promise<string | undefined> {
  const [host, port] = address.split(':');
  if (host !== '127.0.0.1' && host !== 'localhost') return undefined;
  const url = `http://${host}:${Number(port) + 1000}`;
  try {
    const response = await fetch(`${url}/api/v1/settings`, { signal: AbortSignal.timeout(WITHIN_MS) });
    const settings: unknown = await response.json();
    return typeof settings === 'object' && settings !== null && 'DefaultNamespace' in settings ? url : undefined;
  } catch {
    return undefined;
  }
}

export function runPage(uiUrl: string | undefined, namespace: string, workflowId: string): string {
  const path = `/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`;
  return `${uiUrl ?? ''}${path}`;
}
