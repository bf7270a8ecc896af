/**
 * Guarded: whether the guard stands before this workflow, and says when a run has been given all that came with a task.
 *
 * A worker without our plugin has none.
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
