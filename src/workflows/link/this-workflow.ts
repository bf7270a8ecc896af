/**
 * This workflow: the key for state of a run in modules that all runs of a worker share.
 *
 * @module
 */

/** The SDK's own state of the run. Nothing of it is read. */
export function thisWorkflow(): object {
  return (globalThis as { __TEMPORAL_ACTIVATOR__?: object }).__TEMPORAL_ACTIVATOR__ as object;
}
