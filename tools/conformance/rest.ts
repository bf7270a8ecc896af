/**
 * Rest: whether a run does nothing but wait for people, and what it waits for.
 *
 * @module
 */
import { AgentInput, type PendingInput, ToolCall, ToolCallResult } from 'countersign';
import type { AgentClient, AnyEvent, WorkflowHandler } from 'countersign/client';
import { askWorker } from './ask-worker';
import { isOfAnswers } from './public-event';

export interface Rest {
  /** When its waits end by themselves, in milliseconds since 1970. */
  readonly deadlines: readonly number[];
}

/** @param seen All its events. @returns undefined when it does something, or has done something since. */
export async function atRest(
  client: AgentClient,
  handler: WorkflowHandler,
  seen: readonly AnyEvent[],
): Promise<Rest | undefined> {
  const pending = await askWorker(client, () => handler.pendingInputs());
  const { state, events } = await askWorker(client, () => handler.status());
  if (state !== 'waiting' || events !== seen.length || !(await isQuiet(client, handler))) return undefined;
  // A handoff waits for the other calls of its reply. Any other call that does not wait for an event does something.
  const open = seen.filter((event) => ToolCall.is(event) && event.toolName !== 'handoff').length;
  const closed = seen.filter((event) => ToolCallResult.is(event) && event.toolName !== 'handoff').length;
  const waiting = new Set(pending.filter((input) => input.isWaiting).map(callOf));
  if (open - closed > waiting.size) return undefined;
  return { deadlines: pending.flatMap(({ deadline }) => (deadline === undefined ? [] : [Date.parse(deadline)])) };
}

/** Whether Temporal has nothing to do for it at the moment but wait: for a message, or a time. Asks no worker. */
export async function isQuiet(client: AgentClient, handler: WorkflowHandler): Promise<boolean> {
  const { raw, status } = await client.temporal.workflow.getHandle(handler.workflowId).describe();
  return status.name === 'RUNNING' && (raw.pendingActivities ?? []).length === 0 && raw.pendingWorkflowTask == null;
}

/** An input's id begins with its tool call's. */
function callOf({ inputId }: PendingInput): string {
  return inputId.slice(0, inputId.lastIndexOf('.'));
}

/** What of the past is still going on: the model call, tool calls, questions. */
export function stillOpen(past: readonly AnyEvent[], pending: readonly PendingInput[]): readonly AnyEvent[] {
  const last = past.findLastIndex((event) => !isOfAnswers(event));
  const questions = new Set(pending.map(({ inputId }) => inputId));
  return past.filter((event, nth) => {
    if (AgentInput.is(event)) return nth === last;
    if (ToolCall.is(event)) {
      return !past.slice(nth).some((later) => ToolCallResult.is(later) && later.toolId === event.toolId);
    }
    return event.inputId !== undefined && questions.has(event.inputId) && !isOfAnswers(event);
  });
}
