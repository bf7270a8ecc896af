import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import type { AnyEvent } from '../../../src/protocol';
import type { ModelRequest, ScriptedReply } from '../../../src/testing';
import { isWhole, useShortLinks } from '../../setup/links';
import { calls, says } from '../../setup/temporal';

const temporal = useShortLinks();
const CRON = { cronSchedule: '@every 1s' };

/** So many steps, each of them history, and then a question. */
function manyStepsAndAQuestion(steps: number): (request: ModelRequest) => ScriptedReply {
  return ({ messages }) => {
    const done = messages.filter(({ role }) => role === 'tool').length;
    if (done < steps) return calls(['add', { a: 1, b: 2 }]);
    return done === steps ? calls(['confirm', { question: 'Sure? ' }]) : says('Done.');
  };
}

/** Follow the firing that is due until its end. */
async function firing(
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

interface Closed {
  readonly how: string;
  readonly wasToMove: boolean;
}

/** How the first firings ended: each history names the one after it. */
async function closed({ workflowId }: WorkflowHandler, firings: number): Promise<readonly Closed[]> {
  const { workflow } = temporal.client.temporal;
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

test('each firing of a cron is a run of its own, in one link, however long its history', async () => {
  const input = { userMsg: 'Go.', maxIterations: 50 };
  const run = await temporal.run('toolAgent', manyStepsAndAQuestion(12), input, CRON);
  const asked: AnyEvent[] = [];
  const firings: (readonly AnyEvent[])[] = [];
  while (firings.length < 2) {
    const events = await firing(run, async (question) => {
      const [before] = asked;
      if (before !== undefined) {
        await expect(run.respond(before, 'yes')).rejects.toMatchObject({ details: { reason: 'not_waiting' } });
      }
      asked.push(question);
      await run.respond(question, 'yes');
    });
    firings.push(events);
  }
  for (const events of firings) {
    expect(isWhole(events)).toBe(true);
    expect(events.filter(({ type }) => type === 'ToolCallResult')).toHaveLength(13);
    expect(events.at(-1)).toMatchObject({ type: 'StopEvent', result: { response: 'Done.' } });
  }
  expect(new Set(firings.flat().map(({ id }) => id)).size).toBe(firings.flat().length);
  const ended = { how: 'completed', wasToMove: true };
  expect(await closed(run, 2)).toEqual([ended, ended]);
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate();
});
