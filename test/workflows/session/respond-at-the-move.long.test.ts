import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import { type AnyEvent, isAgentError, type Settlement } from '../../../src/protocol';
import type { ScriptedReply } from '../../../src/testing';
import { HeldTask, MOVE } from '../../setup/held-task';
import { isWhole, linkIdsOf, linksOf, sendNoise, useShortLinks } from '../../setup/links';
import { calls, eventOf, eventOfType, says } from '../../setup/temporal';

const move = new HeldTask(MOVE);
const folder = mkdtempSync(join(tmpdir(), 'countersign-respond-'));
const temporal = useShortLinks({
  worker: move.options,
  // With a file: a request that is given up may cost a dev server what it holds in memory only.
  server: { dbFilename: join(folder, 'temporal.db') },
});
afterEach(() => move.release());
afterAll(async () => await rm(folder, { recursive: true }));

/** A run that asks, and moves when it is answered. */
async function asksBeforeItMoves(
  then: readonly ScriptedReply[] = [says('Done.')],
): Promise<{ readonly run: WorkflowHandler; readonly question: AnyEvent }> {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'Sure? ' }]), ...then]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await sendNoise(run, 60);
  return { run, question };
}

/** The answer has reached the tool once, and the run has gone on from there, in a later link. */
async function expectTakenOnce(run: WorkflowHandler): Promise<void> {
  expect(String(await run.result())).toBe('Done.');
  expect(temporal.requests.map(({ messages }) => messages.at(-1)?.content)).toEqual(['Go.', 'Sure?  yes']);
  const links = await linksOf(temporal, run);
  expect(links.length).toBeGreaterThan(1);
  const events = links.flatMap((link) => link.events);
  expect(isWhole(events)).toBe(true);
  expect(events.filter(({ type }) => type === 'ToolCallResult')).toMatchObject([{ toolOutput: 'Sure?  yes' }]);
}

/** Why the workflow tasks of the first link failed: Temporal's numbers. */
async function failedTasks(run: WorkflowHandler): Promise<readonly unknown[]> {
  const [first] = await linkIdsOf(temporal, run);
  const { events } = await temporal.client.temporal.workflow.getHandle(run.workflowId, first).fetchHistory();
  return (events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes?.cause ?? []);
}

const UNHANDLED_COMMAND = 1;

test('an answer whose task moves the run, and is made again because more has come, is taken once, and its sender is told', async () => {
  const { run, question } = await asksBeforeItMoves();
  const held = move.hold();
  const answering = run.respond(question, 'yes');
  await held;
  await sendNoise(run, 1);
  move.release();
  expect(await answering).toMatchObject({ inputId: question.inputId });
  await expectTakenOnce(run);
  expect(await failedTasks(run)).toContain(UNHANDLED_COMMAND);
});

test('an answer that comes while its run moves with the question open is taken once, and its sender is told', async () => {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'Sure? ' }]), says('Done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  await sendNoise(run, 2000);
  const held = move.hold();
  await temporal.startWorker(move.options);
  await held;
  const answering = run.respond(question, 'yes');
  await sendNoise(run, 1);
  move.release();
  expect(await answering).toMatchObject({ inputId: question.inputId });
  await expectTakenOnce(run);
}, 120_000);

test('an answer that was taken before its run moved is known again in the new link', async () => {
  const { run, question } = await asksBeforeItMoves([calls(['confirm', { question: 'Really? ' }]), says('Done.')]);
  const answer = { response: 'yes', answerId: 'mine' };
  await run.respond(question, answer);
  const next = await eventOf(run, ({ prefix }) => prefix === 'Really? ');
  expect(await linkIdsOf(temporal, run)).toHaveLength(2);
  for (const [again, reason] of [
    [answer, 'duplicate'],
    [{ response: 'yes' }, 'duplicate'],
    [{ response: 'no' }, 'conflict'],
  ] as const) {
    await expect(run.respond(question, again)).rejects.toMatchObject({ details: { reason, open: [next.inputId] } });
  }
  await run.respond(next, 'yes');
  expect(String(await run.result())).toBe('Done.');
});

test('an answer whose outcome is unknown, sent again with its answerId over a move, is taken once', async () => {
  const { run, question } = await asksBeforeItMoves();
  const answer = { response: 'yes', answerId: `mine-${crypto.randomUUID()}` };
  const held = move.hold();
  const [answered] = await Promise.allSettled([run.respond(question, answer), held]);
  expect(answered).toMatchObject({
    status: 'rejected',
    reason: { code: 'OUTCOME_UNKNOWN', details: { answerId: answer.answerId } },
  });
  move.release();
  expect(await sentAgain(run, question, answer)).toMatchObject({ inputId: question.inputId });
  await expectTakenOnce(run);
}, 60_000);

/** Until it is known. A duplicate: it was taken before. */
async function sentAgain(
  run: WorkflowHandler,
  question: AnyEvent,
  answer: { readonly response: string; readonly answerId: string },
): Promise<Settlement> {
  for (;;) {
    try {
      return await run.respond(question, answer);
    } catch (error) {
      if (isAgentError(error, 'OUTCOME_UNKNOWN')) continue;
      if (isAgentError(error, 'RUN_ENDED')) return { inputId: question.inputId as string };
      expect(error).toMatchObject({ code: 'ANSWER_REFUSED', details: { reason: 'duplicate' } });
      return { inputId: question.inputId as string };
    }
  }
}
