/**
 * Workflow: what a module of agents imports. Deterministic: it is bundled for Temporal's sandbox.
 *
 * @module
 */
export * from '../index';
export { AgentWorkflow } from './agent-workflow';
export { openContext } from './open-context';
