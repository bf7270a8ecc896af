/**
 * Tool activity: calling an activity tool from the workflow.
 *
 * @module
 */
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { activityTypeOf, type ActivityTool, type ToolCallInput } from '../agent';
import { toolError } from './failure';

/** How long one attempt may take when the tool does not say. */
const ATTEMPT_TIME = '10 minutes';

/** @param operationId Unique in the run: names the activity, and makes its idempotency key. */
export async function callToolActivity(tool: ActivityTool, args: unknown, operationId: string): Promise<unknown> {
  const type = activityTypeOf(tool.name);
  const activities = proxyActivities<Record<string, (input: ToolCallInput) => Promise<unknown>>>({
    startToCloseTimeout: ATTEMPT_TIME,
    ...tool.options,
    retry: { maximumAttempts: 1, ...tool.options.retry },
    activityId: operationId,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  try {
    const activity = activities[type] as (input: ToolCallInput) => Promise<unknown>;
    return await activity({ args, idempotencyKey: `${workflowInfo().firstExecutionRunId}:${operationId}` });
  } catch (error) {
    throw toolError(tool.name, error);
  }
}
