/**
 * This workflow: by what the state of a run is found, in modules that all runs of a worker share.
 *
 * @module
 */

/** The SDK's own state of it: nothing of that is looked at. */
export function thisWorkflow(): object {
  return (globalThis as { __TEMPORAL_ACTIVATOR__?: object }).__TEMPORAL_ACTIVATOR__ as object;
}
