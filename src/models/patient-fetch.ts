/**
 * Patient fetch: Node's own fetch, without its limit of 5 minutes for a server that has not begun to answer.
 *
 * A model on a small machine thinks longer than that before its first word. How long a call may take is its agent's
 * `modelTimeout`, and a stream that goes silent has a limit of its own.
 *
 * @module
 */

/** Where Node keeps what its fetch sends requests with. */
const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

type Fetch = typeof fetch;
type Dispatcher = new (options: { readonly headersTimeout: 0; readonly bodyTimeout: 0 }) => object;

/** @returns The given one, when it is not Node's own, or somebody has set how Node's own sends requests. */
export function patientFetch(own: Fetch): Fetch {
  if (own !== globalThis.fetch || typeof Response !== 'function') return own;
  // `Response`, above, has Node load it.
  const usual = (globalThis as Record<symbol, unknown>)[GLOBAL_DISPATCHER];
  if (typeof usual !== 'object' || usual === null || usual.constructor.name !== 'Agent') return own;
  const dispatcher = new (usual.constructor as Dispatcher)({ headersTimeout: 0, bodyTimeout: 0 });
  return (input, init) => own(input, { dispatcher, ...init } as RequestInit);
}
