/**
 * Exported: whether the workflow module exports an agent workflow, so that a worker finds its prompts and schemas.
 *
 * The answer goes with a model call and changes nothing else.
 *
 * @module
 */
import { collectDefinitions, type AgentWorkflowDefinition } from '../../agent';

/** By name, as a worker finds it. */
export function isExported({ name }: AgentWorkflowDefinition): boolean {
  // The SDK's own lookup of workflow types.
  const { importWorkflows } = (globalThis as { __TEMPORAL__?: { importWorkflows?: () => object } }).__TEMPORAL__ ?? {};
  if (importWorkflows === undefined) return true;
  return [...collectDefinitions(Object.values(importWorkflows())).workflows].some((found) => found.name === name);
}
