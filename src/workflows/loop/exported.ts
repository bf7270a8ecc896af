/**
 * Exported: whether the module that this code is bundled from lets a worker find an agent workflow.
 *
 * The same module is loaded by the worker, which looks there for prompts and schemas. What it says here
 * goes with a model call and changes nothing else that a run does.
 *
 * @module
 */
import { reach, type AgentWorkflowDefinition } from '../../agent';

/** By name, as a worker finds it. */
export function isExported({ name }: AgentWorkflowDefinition): boolean {
  // The SDK's own, by which it finds the function of a workflow type.
  const { importWorkflows } = (globalThis as { __TEMPORAL__?: { importWorkflows?: () => object } }).__TEMPORAL__ ?? {};
  if (importWorkflows === undefined) return true;
  return [...reach(Object.values(importWorkflows())).workflows].some((found) => found.name === name);
}
