/**
 * Guarded: whether the guard runs in this workflow, and reports when a task has been delivered in full.
 *
 * A worker without our plugin has no guard.
 *
 * @module
 */
import { thisWorkflow } from './this-workflow';

const guarded = new WeakSet<object>();

export function rememberGuarded(): void {
  const workflow: object | undefined = thisWorkflow();
  if (workflow !== undefined) guarded.add(workflow);
}

export function isGuarded(): boolean {
  return guarded.has(thisWorkflow());
}
