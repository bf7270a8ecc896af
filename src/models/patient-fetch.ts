/**
 * Patient fetch: Node's fetch without its 5-minute limit for the first byte.
 *
 * A model on a small machine may think longer. `modelTimeout` limits the call, and a silent stream has its own limit.
 *
 * @module
 */

/** Where Node keeps the dispatcher of its fetch. */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

type Fetch = typeof fetch;
type Dispatcher = new (options: { readonly headersTimeout: 0; readonly bodyTimeout: 0 }) => object;

/** @returns The given one, if it is not Node's own or somebody configured Node's. */
export function patientFetch(own: Fetch): Fetch {
  if (own !== globalThis.fetch || typeof Response !== 'function') return own;
  // `Response`, above, makes Node load it.
  const usual = (globalThis as Record<symbol, unknown>)[GLOBAL_DISPATCHER];
  if (typeof usual !== 'object' || usual === null || usual.constructor.name !== 'Agent') return own;
  const dispatcher = new (usual.constructor as Dispatcher)({ headersTimeout: 0, bodyTimeout: 0 });
  return (input, init) => own(input, { dispatcher, ...init } as RequestInit);
}
