/**
 * Tool activity: calls an activity tool from the workflow.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import { activityTypeOf, onlyChecks, schemaIssuesNow, type ActivityTool, type ToolCallInput } from '../../agent';
import {
  AgentError,
  digestOf,
  jsonBytes,
  jsonProblem,
  LIMITS,
  takeJson,
  undecodableProblem,
  type JsonObject,
} from '../../protocol';
import { toolError } from '../link/failure';
import { recordedRefusal } from '../link/recorded-refusal';
import type { Operation } from './journal';
import { linkId } from '../link/link-id';
import { readDuration } from './duration';

/** The default `startToCloseTimeout`. */
const ATTEMPT_TIME = '10 minutes';

/**
 * A resumed activity keeps its idempotency key. It runs again only if the tool allows several attempts: nobody knows
 * whether the first one took effect.
 */
export async function callToolActivity(
  tool: ActivityTool,
  args: unknown,
  operation: Operation,
  { isMade, data }: { readonly isMade: boolean; readonly data: JsonObject },
): Promise<unknown> {
  const taken = takeJson(args ?? {});
  if ('problem' in taken || jsonBytes(taken.value) > LIMITS.toolOutputBytes) {
    const what = 'problem' in taken ? taken.problem : `they are larger than ${LIMITS.toolOutputBytes} bytes`;
    throw new AgentError('INVALID_JSON', `The arguments of "${tool.name}" cannot be sent: ${what}.`, {
      where: tool.name,
    });
  }
  const type = activityTypeOf(tool.name);
  const retry = { maximumAttempts: 1, ...tool.options.retry };
  const left = operation.resumed as { readonly idempotencyKey: string } | undefined;
  if (left !== undefined && retry.maximumAttempts === 1) {
    const message = `The tool "${tool.name}" was running when its run was moved: it may or may not have taken effect.`;
    throw new AgentError('TOOL_FAILED', message, { tool: tool.name });
  }
  const idempotencyKey = left?.idempotencyKey ?? keyOf(tool, taken.value, operation);
  operation.note({ idempotencyKey });
  const { taskQueue } = tool.options;
  const activities = proxyActivities<Record<string, (input: ToolCallInput) => Promise<unknown>>>({
    ...timesOf(tool),
    ...(taskQueue === undefined ? {} : { taskQueue }),
    retry,
    activityId: operation.id,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  let result: unknown;
  try {
    const activity = activities[type] as (input: ToolCallInput) => Promise<unknown>;
    result = await activity({
      args: taken.value,
      ...(isMade ? { isMade } : {}),
      ...(Object.keys(data).length === 0 ? {} : { data }),
      idempotencyKey,
    });
  } catch (error) {
    throw toolError(tool.name, error);
  }
  const problem = resultProblem(tool, result, operation);
  if (problem === undefined) return result;
  const message = `The tool "${tool.name}" ran, and gave a result that cannot be used: ${problem}.`;
  throw new AgentError('TOOL_FAILED', message, { tool: tool.name });
}

/**
 * Includes the arguments. After a reset the model may want something else in the same place, which a service would
 * ignore under the old key.
 */
function keyOf({ name }: ActivityTool, args: unknown, operation: Operation): string {
  return `${linkId()}:${operation.id}:${digestOf({ name, args })}`;
}

/** Operators, and workers in other languages, can complete an activity with any value. */
function resultProblem({ result: schema }: ActivityTool, result: unknown, { id }: Operation): string | undefined {
  const problem = undecodableProblem(result) ?? (result === undefined ? undefined : jsonProblem(result));
  if (problem !== undefined) return problem;
  return recordedRefusal(`countersign-refused-result-${id}`, () => {
    const bytes = jsonBytes(result);
    if (bytes > LIMITS.toolOutputBytes) return `it has ${bytes} bytes, more than ${LIMITS.toolOutputBytes}`;
    return schema !== undefined && onlyChecks(schema) ? schemaIssuesNow(schema, result) : undefined;
  });
}

/** @throws AgentError `INVALID_DURATION` for a time that Temporal would refuse at every retry. */
export function timesOf({ name, options }: ActivityTool): {
  startToCloseTimeout: number;
  scheduleToCloseTimeout?: number;
  heartbeatTimeout?: number;
} {
  const { startToCloseTimeout = ATTEMPT_TIME, scheduleToCloseTimeout, heartbeatTimeout } = options;
  const read = (duration: Duration, what: string): number => readDuration(duration, `The ${what} of tool "${name}"`);
  return {
    startToCloseTimeout: read(startToCloseTimeout, 'startToCloseTimeout'),
    ...(scheduleToCloseTimeout === undefined
      ? {}
      : { scheduleToCloseTimeout: read(scheduleToCloseTimeout, 'scheduleToCloseTimeout') }),
    ...(heartbeatTimeout === undefined ? {} : { heartbeatTimeout: read(heartbeatTimeout, 'heartbeatTimeout') }),
  };
}
