/**
 * This workflow: the key for a run's state in modules that all runs of a worker share.
 *
 * @module
 */

/** The SDK's own state of the run, used only as a key. */
export function thisWorkflow(): object {
  return (globalThis as { __TEMPORAL_ACTIVATOR__?: object }).__TEMPORAL_ACTIVATOR__ as object;
}
