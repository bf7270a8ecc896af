import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { queueUpdate } from '../../../src/client/requests/update-queue';
import type { AnyEvent } from '../../../src/protocol';
import { calls, questionsOf, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const MANY = 100;

test(`${MANY} answers at once, by two handlers, are all taken`, async () => {
  const asks = Array.from({ length: MANY }, (_none, nth) => ['confirm', { question: `${nth}?` }] as const);
  const run = await temporal.run('toolAgent', [calls(...asks), says('Done.')]);
  const questions = await questionsOf(run, MANY);
  const handlers = [run, temporal.client.getHandler(run.workflowId)] as const;
  const answer = async (question: AnyEvent, nth: number) =>
    await (handlers[nth % 2] as typeof run).respond(question, nth % 3 === 0 ? 'no' : 'yes');
  const settled = await Promise.all(questions.map(answer));
  expect(settled.map(({ inputId }) => inputId)).toEqual(questions.map(({ inputId }) => inputId));
  expect(String(await run.result())).toBe('Done.');
}, 60_000);

/** Sends that end when they are told to. */
class Sends {
  readonly client = {} as Client;
  readonly ends: { readonly answer: () => void; readonly fail: (error: unknown) => void }[] = [];

  async send(workflowId = 'a'): Promise<void> {
    const sent = () => new Promise<void>((answer, fail) => void this.ends.push({ answer, fail }));
    await queueUpdate(this.client, workflowId, sent, (error) => error === SILENCE);
  }

  sendMany(count: number): Promise<readonly PromiseSettledResult<void>[]> {
    return Promise.allSettled(Array.from({ length: count }, async () => await this.send()));
  }
}

const SILENCE = new Error('nobody answers');
const turns = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

test('eight updates of a run are under way at a time, in order, whatever becomes of them; those of another run are apart', async () => {
  const sends = new Sends();
  const all = sends.sendMany(20);
  expect(sends.ends).toHaveLength(8);
  void sends.send('b');
  expect(sends.ends).toHaveLength(9);
  sends.ends[0]?.answer();
  sends.ends[1]?.fail(new Error('refused'));
  await turns();
  expect(sends.ends).toHaveLength(11);
  for (let nth = 0; nth < sends.ends.length; nth += 1) {
    sends.ends[nth]?.answer();
    await turns();
  }
  expect((await all).filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(sends.ends).toHaveLength(21);
});

test('many updates that nobody answers wait for two of them and not for all', async () => {
  const sends = new Sends();
  const all = sends.sendMany(500);
  for (let round = 0; round < 2; round += 1) {
    for (const { fail } of sends.ends) fail(SILENCE);
    await turns();
  }
  const outcomes = await all;
  expect(outcomes.filter((one) => one.status === 'rejected' && one.reason === SILENCE)).toHaveLength(500);
  expect(sends.ends).toHaveLength(16);
});

test('one that nobody answers takes none along while others are answered', async () => {
  const sends = new Sends();
  const all = sends.sendMany(10);
  sends.ends[1]?.answer();
  sends.ends[0]?.fail(SILENCE);
  await turns();
  expect(sends.ends).toHaveLength(10);
  for (const { answer } of sends.ends) answer();
  expect((await all).filter(({ status }) => status === 'rejected')).toHaveLength(1);
});
