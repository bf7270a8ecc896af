/**
 * Check bundle: whether a prebuilt bundle is of the module that the worker serves, and encrypts errors.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import type { WorkerOptions } from '@temporalio/worker';
import type { AgentWorkflow } from '../agent';
import { AgentError } from '../protocol';

/**
 * @param exported The module's agent workflows.
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

/**
 * Without it Temporal would not find the workflow, and a run would wait for another worker. The bundle's code contains
 * the names of exports.
 */
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

/** Without the failure converter a bundle would write workflow errors in plain text, unnoticed. */
function checkFailureConverter(code: string): void {
  if (!code.includes(NO_FAILURE_CONVERTER)) return;
  throw new AgentError(
    'INVALID_DEFINITION',
    'The workflowBundle was made without the failureConverterPath that the dataConverter has, so that error messages of workflows would not be encrypted: give bundleWorkflowCode the same failureConverterPath.',
    { name: 'workflowBundle' },
  );
}

/** webpack's name for a failure converter that is missing. */
const NO_FAILURE_CONVERTER = '__temporal_custom_failure_converter (ignored)';
