/**
 * Bundle: the user's workflows as Temporal runs them, made while other things are started.
 *
 * @module
 */
import { bundleWorkflowCode, DefaultLogger, type LogEntry, type WorkflowBundle } from '@temporalio/worker';
import { workflowInterceptorModules } from '../worker';
import { oneLine } from './text';

/** @throws Error that says why the module cannot be bundled. */
export async function bundleWorkflows(workflowsPath: string): Promise<WorkflowBundle> {
  let report = '';
  const logger = new DefaultLogger('ERROR', ({ message }: LogEntry) => {
    report += `${message}\n`;
  });
  try {
    return await bundleWorkflowCode({
      workflowsPath,
      workflowInterceptorModules: [...workflowInterceptorModules],
      logger,
    });
  } catch (error) {
    // The bundler's report is long; its first error says what is wrong, before the first line of the stack.
    const why = /ERROR in ([^]*?)(?=\n\s+at |$)/.exec(report)?.[1] ?? (error as Error).message;
    throw new Error(
      `${workflowsPath} cannot be bundled for Temporal: ${oneLine(why)} Workflow code may import no module of Node's: do that in an activity tool.`,
      { cause: error },
    );
  }
}
