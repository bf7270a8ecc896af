import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';
import { forgetLink, linkIdsOf, PROMPT_DELETION, resetRun, useShortLinks } from '../setup/links';
import { allEvents, calls, eventOfType, says } from '../setup/temporal';

const temporal = useShortLinks({ server: { dynamicConfig: PROMPT_DELETION } });
const ASKS = calls(['confirm', { question: 'a?' }]);

async function park(): Promise<WorkflowHandler> {
  const run = await temporal.run('toolAgent', [ASKS, says('Done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  return run;
}

/** All that is seen until a question is asked after the reset. */
async function seenOverReset(events: AsyncIterable<AnyEvent>, onQuestion: () => Promise<unknown>): Promise<AnyEvent[]> {
  const seen: AnyEvent[] = [];
  let hasReset = false;
  for await (const event of events) {
    seen.push(event);
    hasReset ||= event.type === 'RunReset';
    if (event.type !== 'InputRequiredEvent') continue;
    if (hasReset) break;
    await onQuestion();
  }
  return seen;
}

test('whoever watches and waits goes on with a run that was reset, and no two events have one id', async () => {
  const run = await park();
  const found = temporal.client.getHandler(run.workflowId);
  const results = Promise.all([run.result(), found.result()]);
  const stream = found.streamEvents({ tokens: false });
  const seen = await seenOverReset(stream, () => resetRun(temporal, run, 10));
  const at = seen.findIndex(({ type }) => type === 'RunReset');
  expect(seen[at]).toEqual({ type: 'RunReset', from: 0 });
  const [before, after] = [seen.slice(0, at), seen.slice(at + 1)];
  expect(after.map(({ type }) => type)).toEqual(before.map(({ type }) => type));
  expect(after.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  expect(new Set([...before, ...after].map(({ id }) => id)).size).toBe(8);
  for (const one of [run, found]) {
    expect(await one.pendingInputs()).toHaveLength(1);
    expect(await one.status()).toMatchObject({ state: 'waiting' });
  }
  await run.respond(after[3] as AnyEvent, 'yes');
  expect((await results).map(String)).toEqual(['Done.', 'Done.']);
  expect((await allEvents(run)).slice(0, 4)).toEqual(after);
});

test('a run that is reset twice is followed both times', async () => {
  const run = await park();
  const waiting = run.result();
  const watching = allEvents(run);
  for (let times = 0; times < 2; times += 1) {
    temporal.model.script([ASKS, says(`Done ${times}.`)]);
    await resetRun(temporal, run, 4);
    await eventOfType(run, 'InputRequiredEvent');
  }
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes' });
  expect(String(await waiting)).toBe('Done 1.');
  expect((await watching).at(-1)).toMatchObject({ type: 'StopEvent', result: { response: 'Done 1.' } });
});

test('of a run that had its result and was reset, every handler speaks to the one that goes on', async () => {
  const run = await park();
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes' });
  expect(String(await run.result())).toBe('Done.');
  temporal.model.script([ASKS, says('Done anew.')]);
  await resetRun(temporal, run, 4, { isAnswerKept: false });
  const found = temporal.client.getHandler(run.workflowId);
  const results = Promise.all([run.result(), found.result()]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  expect(await run.status()).toMatchObject({ state: 'waiting' });
  await run.respond(question, 'yes');
  expect((await results).map(String)).toEqual(['Done anew.', 'Done anew.']);
});

test('a chain whose earlier link was reset is followed from that link on', async () => {
  const run = await temporal.client.run(
    'ledger',
    { links: 4, entries: 5, waits: true },
    { taskQueue: temporal.taskQueue },
  );
  const turn = () => temporal.client.temporal.workflow.getHandle(run.workflowId).signal('turn');
  const waiting = run.result();
  const late = run.streamEvents();
  const seen: AnyEvent[] = [];
  let turns = 0;
  for await (const event of run.streamEvents()) {
    seen.push(event);
    if (event.type !== 'LastEntry') continue;
    turns += 1;
    if (turns === 3)
      await resetRun(temporal, run, 4, {
        runId: (await linkIdsOf(temporal, run))[1] as string,
        isAnswerKept: false,
      });
    else await turn();
  }
  const at = seen.findIndex(({ type }) => type === 'RunReset');
  expect(seen[at]).toEqual({ type: 'RunReset', from: 5 });
  expect(seen.slice(0, at).map(({ seq }) => seq)).toEqual(Array.from({ length: 15 }, (_none, nth) => nth));
  expect(seen.slice(at + 1).map(({ seq }) => seq)).toEqual(Array.from({ length: 16 }, (_none, nth) => nth + 5));
  expect(await waiting).toBe('closed');
  // Whoever has seen nothing of what was taken back needs not be told.
  const whole: AnyEvent[] = [];
  for await (const event of late) whole.push(event);
  expect(whole).toEqual([...seen.slice(0, 5), ...seen.slice(at + 1)]);
});

test('a run that was reset has its result when its first execution is gone, and when its id is another run by then', async () => {
  const run = await park();
  const [first] = await linkIdsOf(temporal, run);
  temporal.model.script([ASKS, says('Done anew.')]);
  await resetRun(temporal, run, 4);
  await run.respond(await eventOfType(run, 'InputRequiredEvent'), 'yes');
  expect(String(await run.result())).toBe('Done anew.');
  const other = await temporal.run('toolAgent', [says('Another.')], 'Go.', { workflowId: run.workflowId });
  expect(String(await other.result())).toBe('Another.');
  expect(String(await run.result())).toBe('Done anew.');
  await forgetLink(temporal, run, first);
  await expect(run.result()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  expect(String(await other.result())).toBe('Another.');
});

test('an answer that is under way while its run is reset settles the question there', async () => {
  const run = await park();
  const question = await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  const answering = run.respond(question, 'yes');
  await resetRun(temporal, run, 10);
  await temporal.startWorker();
  expect(await answering).toMatchObject({ inputId: question.inputId });
  expect(String(await run.result())).toBe('Done.');
});
