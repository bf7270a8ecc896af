/**
 * Guarded: whether this workflow has a guard, which tells its run how many jobs an activation has. A worker without our
 * plugin has none.
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
