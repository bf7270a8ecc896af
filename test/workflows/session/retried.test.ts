import { expect, test } from '@jest/globals';
import type { RetryPolicy } from '@temporalio/client';
import type { WorkflowHandler } from '../../../src/client';
import type { AnyEvent } from '../../../src/protocol';
import type { ModelScript } from '../../../src/testing';
import { CountedClient } from '../../setup/counted-client';
import { isWhole, linksOf, useShortLinks } from '../../setup/links';
import { allEvents, calls, says } from '../../setup/temporal';

const temporal = useShortLinks();

/** Enough steps for a second link, and a question in it. */
const askInTheSecondLink: ModelScript = ({ messages }) => {
  const done = messages.filter(({ role }) => role === 'tool').length;
  if (done < 14) return calls(['add', { a: 1, b: 2 }]);
  return done === 14 ? calls(['confirm', { question: 'Sure? ' }]) : says('Done.');
};

/** Each of its links has so long, and is tried again when that is over. */
const TRIED_AGAIN = { workflowRunTimeout: '5 seconds', retry: { initialInterval: '10 ms' } } as const;

/** Follow a run to its end. @param asked Told of the questions, from 1. */
async function followed(
  run: WorkflowHandler,
  asked: (question: AnyEvent, nth: number) => Promise<void>,
): Promise<readonly AnyEvent[]> {
  const events: AnyEvent[] = [];
  let questions = 0;
  for await (const event of run.streamEvents({ tokens: false })) {
    events.push(event);
    if (event.type !== 'InputRequiredEvent') continue;
    questions += 1;
    await asked(event, questions);
  }
  return events;
}

test('a later link that times out and is tried again is followed by watchers and handlers, from where it began', async () => {
  const input = { userMsg: 'Go.', maxIterations: 50 };
  const run = await temporal.run('toolAgent', askInTheSecondLink, input, TRIED_AGAIN);
  const result = run.result();
  const found = temporal.client.getHandler(run.workflowId);
  const asked: AnyEvent[] = [];
  const events = await followed(run, async (question, nth) => {
    asked.push(question);
    if (nth === 1) return; // Nobody answers in time.
    expect(await found.pendingInputs()).toMatchObject([{ inputId: question.inputId }]);
    await expect(found.respond(asked[0] as AnyEvent, 'yes')).rejects.toMatchObject({
      details: { reason: 'not_waiting' },
    });
    await found.respond(question, 'yes');
  });
  expect(String(await result)).toBe('Done.');
  expect(String(await found.result())).toBe('Done.');

  const links = await linksOf(temporal, run);
  expect(links).toHaveLength(2);
  const { oldest = 0, runId } = links[1] ?? {};
  const latest = await temporal.client.temporal.workflow.getHandle(run.workflowId, runId).describe();
  expect(latest.raw.workflowExecutionInfo?.firstRunId).toBe(links[0]?.runId);
  // The attempt that failed is no link: the one that took its place names the link before both.
  const again = events.findIndex(({ seq }, nth) => nth > 0 && seq === oldest && events[nth - 1]?.seq !== oldest - 1);
  expect(events.slice(0, again).map(({ seq }) => seq)).toEqual(Array.from({ length: again }, (_none, seq) => seq));
  expect(events.slice(0, again).at(-1)).toMatchObject({ type: 'InputRequiredEvent', inputId: asked[0]?.inputId });
  expect(events.slice(again)).toEqual(links[1]?.events);
  expect(asked[1]?.inputId).not.toBe(asked[0]?.inputId);

  const late = await allEvents(found);
  expect(isWhole(late)).toBe(true);
  expect(late).toEqual(links.flatMap((link) => link.events));
  expect(late).toEqual([...events.slice(0, oldest), ...events.slice(again)]);
}, 60_000);

/** A hand-written workflow whose first attempt begins when somebody follows it: who comes later sees the last one only. */
async function followedFromItsStart(
  succeedsAt: number,
  retry: RetryPolicy,
): Promise<{ readonly run: WorkflowHandler; readonly events: readonly AnyEvent[] }> {
  await temporal.stopWorker();
  const counted = await CountedClient.connect(temporal.address);
  const run = await counted.client.run('nthTry', succeedsAt, { taskQueue: temporal.taskQueue, retry });
  const watching = allEvents(run);
  await counted.when(() => counted.count('GetWorkflowExecutionHistory') > 0);
  await temporal.startWorker();
  const events = await watching;
  await counted.client.close();
  return { run: temporal.client.getHandler(run.workflowId), events };
}

test('an attempt of a hand-written workflow that is tried again is no end to those who follow it', async () => {
  const retry = { initialInterval: '10 ms', maximumAttempts: 3 };
  const { run, events } = await followedFromItsStart(3, retry);
  expect(events.map(({ type, attempt, seq }) => [type, attempt, seq])).toEqual([
    ['Tried', 1, 0],
    ['Tried', 2, 0],
    ['Tried', 3, 0],
    ['StopEvent', undefined, 1],
  ]);
  expect(await run.result()).toBe('done');
});

test.each<[string, number, object, number]>([
  ['its last attempt', 9, { maximumAttempts: 2 }, 2],
  ['a failure that its policy does not try again', 9, { nonRetryableErrorTypes: ['NotYet'] }, 1],
])('the stream of a hand-written workflow ends with %s', async (_name, succeedsAt, policy, attempts) => {
  const retry = { initialInterval: '10 ms', ...policy };
  const { run, events } = await followedFromItsStart(succeedsAt, retry);
  expect(events.filter(({ type }) => type === 'Tried')).toHaveLength(attempts);
  expect(events.at(-1)).toMatchObject({ type: 'StopEvent/WorkflowFailedEvent', message: 'not yet', seq: 1 });
  expect(events.filter(({ type }) => type.startsWith('StopEvent'))).toHaveLength(1);
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_FAILED' });
});
