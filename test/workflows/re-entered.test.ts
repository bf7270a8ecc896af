import { expect, test } from '@jest/globals';
import type { ContextJson } from '../../src/client';
import { effects } from '../fixtures/implementations';
import { calls, eventOfType, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

test('a body that is entered again draws the numbers and reads the times that it did before', async () => {
  const first = await temporal.run('toolAgent', [calls(['transfer'])]);
  const question = await eventOfType(first, 'InputRequiredEvent');
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('toolAgent', [says('Done.')], { context });
  await second.respond(question, 'yes');
  expect(await eventOfType(second, 'ToolCallResult')).toMatchObject({
    toolOutput: String(question['prefix']).slice('Pay '.length, -1),
    isError: false,
  });
  await second.result();
});

test('a body that asks something else where it is entered again ends its run, and nothing of it is done', async () => {
  const key = crypto.randomUUID();
  const first = await temporal.run('toolAgent', [calls(['wavering', { key }])]);
  await eventOfType(first, 'InputRequiredEvent');
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('toolAgent', [says('Done.')], { context });
  await expect(second.result()).rejects.toMatchObject({
    message: expect.stringContaining('operation 0 ("wait") is given something else than it was'),
    details: { cause: 'INVALID_CONTEXT' },
  });
  // As earlier releases wrote it: without digests of what operations were given.
  const journals = structuredClone(context.open?.calls ?? []).map((call) => ({
    journal: call.journal.map(({ given: _given, ...entry }) => entry),
  }));
  const older = { ...context, open: { ...context.open, calls: journals } } as typeof context;
  const third = await temporal.run('toolAgent', [says('Done.')], { context: older });
  await expect(third.result()).rejects.toMatchObject({
    message: expect.stringContaining('operation 0 ("wait") asks something else than it did'),
    details: { cause: 'INVALID_CONTEXT' },
  });
  expect(effects.get(key)).toBeUndefined();
});

test('a wait that is entered again keeps its deadline, and says what it was where its code names no timeout', async () => {
  const first = await temporal.run('toolAgent', [calls(['confirm', { question: 'Sure? ' }])]);
  const question = await eventOfType(first, 'InputRequiredEvent');
  const context = structuredClone<ContextJson>(await first.context());
  await first.cancel();
  const entry = context.open?.calls[0]?.journal.find(({ kind }) => kind === 'wait') as { note: { deadline?: string } };
  entry.note.deadline = new Date(Date.parse(String(question['time'])) + 1000).toISOString();
  const second = await temporal.run('toolAgent', [says('Done.')], { context });
  expect(await eventOfType(second, 'ToolCallResult')).toMatchObject({
    isError: true,
    toolOutput: expect.stringMatching(/No HumanResponseEvent came within \d+ ms/),
  });
  await second.result();
});

test.each([
  ['activity', "begun an activity with Temporal's own functions"],
  ['child', "begun a child workflow with Temporal's own functions"],
  ['timer', 'read the clock after a timer of its own'],
  ['draws', 'drawn more than 1000 random numbers'],
])('a call that went past its context by %s is not taken elsewhere, and goes on here', async (how, what) => {
  const key = crypto.randomUUID();
  const run = await temporal.run('toolAgent', [calls(['bypass', { key, how }]), says('Done.')]);
  if (how === 'child') {
    const { workflow } = temporal.client.temporal;
    for (let child: string | undefined; child === undefined; ) {
      const { raw } = await workflow.getHandle(run.workflowId).describe();
      child = raw.pendingChildren?.[0]?.workflowId ?? undefined;
      if (child !== undefined) await workflow.getHandle(child).terminate();
    }
  }
  const question = await eventOfType(run, 'InputRequiredEvent');
  await expect(run.context()).rejects.toThrow(`Tool call 1.0 has ${what}`);
  await run.respond(question, 'yes');
  expect(String(await run.result())).toBe('Done.');
  expect(await run.context()).toMatchObject({ version: 3 });
});

test('a sent context whose open call names a tool that is not there ends the run at once', async () => {
  const first = await temporal.run('toolAgent', [calls(['confirm', { question: 'ok? ' }])]);
  await eventOfType(first, 'InputRequiredEvent');
  const context = JSON.stringify(await first.context()).replaceAll('"confirm"', '"gone"');
  await first.cancel();
  const second = await temporal.run('toolAgent', [], { context: JSON.parse(context) as unknown });
  await expect(second.result()).rejects.toMatchObject({
    message: expect.stringContaining('The tool "gone" was there when the model called it'),
    details: { cause: 'INVALID_CONTEXT' },
  });
});

test('what a run hands to itself is taken from nobody else', async () => {
  const first = await temporal.run('toolAgent', [says('Done.')]);
  await first.result();
  const carried = { context: await first.context(), events: 0, step: 1 };
  const second = await temporal.run('toolAgent', [], { userMsg: 'Go.', carried });
  await expect(second.result()).rejects.toMatchObject({
    message: expect.stringContaining('"carried" is what a run hands to itself'),
    details: { cause: 'INVALID_CONTEXT' },
  });
});
