/**
 * Check bundle: whether a bundle that was made ahead is of the module that the worker serves, and keeps its secrets.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import type { WorkerOptions } from '@temporalio/worker';
import type { AgentWorkflow } from '../agent';
import { AgentError } from '../protocol';

/**
 * @param exported The agent workflows of the module.
 * @throws AgentError `INVALID_DEFINITION`.
 */
export function checkBundle(
  { dataConverter, workflowBundle: bundle }: WorkerOptions,
  exported: readonly AgentWorkflow[],
): void {
  if (bundle === undefined) return;
  const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
  checkAgents(code, exported);
  if (dataConverter?.failureConverterPath !== undefined) checkFailureConverter(code);
}

/** Temporal would not find the workflow, and a run would wait for another worker that does. An export's name is in the code. */
function checkAgents(code: string, exported: readonly AgentWorkflow[]): void {
  const missing = exported.find(({ definition }) => !code.includes(definition.name));
  if (missing === undefined) return;
  const { name } = missing.definition;
  throw new AgentError(
    'INVALID_DEFINITION',
    `The workflowBundle has no agent workflow "${name}", and the workflows module has: make the bundle of the same module, and anew after each change.`,
    { name },
  );
}

/**
 * A bundle without the failure converter would write the errors of workflows in plain text, where those of activities are
 * encrypted, and nobody would notice.
 */
function checkFailureConverter(code: string): void {
  if (!code.includes(NO_FAILURE_CONVERTER)) return;
  throw new AgentError(
    'INVALID_DEFINITION',
    'The workflowBundle was made without the failureConverterPath that the dataConverter has, so that error messages of workflows would not be encrypted: give bundleWorkflowCode the same failureConverterPath.',
    { name: 'workflowBundle' },
  );
}

/** What webpack says of Temporal's name for the failure converter when there is none. */
const NO_FAILURE_CONVERTER = '__temporal_custom_failure_converter (ignored)';
