/**
 * Tool activity: calling an activity tool from the workflow.
 *
 * @module
 */
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { activityTypeOf, type ActivityTool, type ToolCallInput } from '../agent';
import { AgentError } from '../protocol';
import { toolError } from './failure';
import type { Operation } from './journal';

/** How long one attempt may take when the tool does not say. */
const ATTEMPT_TIME = '10 minutes';

/**
 * Run the tool's activity.
 *
 * Taken up again elsewhere, it runs under the idempotency key it had; but only a tool that may be
 * attempted more than once, because nobody knows whether the first attempt took effect.
 */
export async function callToolActivity(tool: ActivityTool, args: unknown, operation: Operation): Promise<unknown> {
  const type = activityTypeOf(tool.name);
  const retry = { maximumAttempts: 1, ...tool.options.retry };
  const left = operation.resumed as { readonly idempotencyKey: string } | undefined;
  if (left !== undefined && retry.maximumAttempts === 1) {
    const message = `The tool "${tool.name}" was running when its run was moved: it may or may not have taken effect.`;
    throw new AgentError('TOOL_FAILED', message, { tool: tool.name });
  }
  const idempotencyKey = left?.idempotencyKey ?? `${workflowInfo().firstExecutionRunId}:${operation.id}`;
  operation.note({ idempotencyKey });
  const activities = proxyActivities<Record<string, (input: ToolCallInput) => Promise<unknown>>>({
    startToCloseTimeout: ATTEMPT_TIME,
    ...tool.options,
    retry,
    activityId: operation.id,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  try {
    const activity = activities[type] as (input: ToolCallInput) => Promise<unknown>;
    return await activity({ args, idempotencyKey });
  } catch (error) {
    throw toolError(tool.name, error);
  }
}
