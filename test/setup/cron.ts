/**
 * Cron: runs that a cron starts, in a test.
 *
 * @module
 */
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';
import type { ModelRequest, ScriptedReply } from '../../src/testing';
import { calls, says, type TestTemporal } from './temporal';

export const CRON = { cronSchedule: '@every 1s' };

/** So many steps, each of them history, and then a question. */
export function manyStepsAndAQuestion(steps: number): (request: ModelRequest) => ScriptedReply {
  return ({ messages }) => {
    const done = messages.filter(({ role }) => role === 'tool').length;
    if (done < steps) return calls(['add', { a: 1, b: 2 }]);
    return done === steps ? calls(['confirm', { question: 'Sure? ' }]) : says('Done.');
  };
}

/** Follow the firing that is due until its end. */
export async function firing(
  run: WorkflowHandler,
  asked: (question: AnyEvent) => Promise<void>,
): Promise<readonly AnyEvent[]> {
  const events: AnyEvent[] = [];
  for await (const event of run.streamEvents({ tokens: false })) {
    events.push(event);
    if (event.type === 'InputRequiredEvent') await asked(event);
  }
  return events;
}

export interface Closed {
  readonly how: string;
  readonly wasToMove: boolean;
}

/** How the first firings ended: each history names the one after it. */
export async function closed(
  { client }: TestTemporal,
  { workflowId }: WorkflowHandler,
  firings: number,
): Promise<readonly Closed[]> {
  const { workflow } = client.temporal;
  const found: Closed[] = [];
  let runId = (await workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo?.firstRunId ?? undefined;
  while (runId !== undefined && found.length < firings) {
    const { events = [] } = await workflow.getHandle(workflowId, runId).fetchHistory();
    const end = events?.at(-1);
    const completed = end?.workflowExecutionCompletedEventAttributes;
    const wasToMove = events?.some((one) => one.workflowTaskStartedEventAttributes?.suggestContinueAsNew) === true;
    found.push({ how: completed ? 'completed' : JSON.stringify(end), wasToMove });
    runId = completed?.newExecutionRunId || undefined;
  }
  return found;
}
