import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import type { AnyEvent } from '../../../src/protocol';
import type { ModelRequest, ScriptedReply } from '../../../src/testing';
import { isWhole, sendNoise, useShortLinks } from '../../setup/links';
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

test('a firing that is sent thousands of signals while it asks is not moved, and the next one fires', async () => {
  const run = await temporal.run('toolAgent', manyStepsAndAQuestion(0), 'Go.', CRON);
  const first = await firing(run, async (question) => {
    await sendNoise(run, 2200);
    await run.respond(question, 'yes');
  });
  expect(isWhole(first)).toBe(true);
  const second = await firing(run, async (question) => void (await run.respond(question, 'yes')));
  expect(second.map(({ type }) => type)).not.toContain('AnswerRefused');
  expect(second.at(-1)).toMatchObject({ type: 'StopEvent', result: { response: 'Done.' } });
  expect(await closed(run, 1)).toEqual([{ how: 'completed', wasToMove: true }]);
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate();
}, 60_000);
