import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';
import { sentEmails } from '../fixtures/implementations';
import { eventsNow, eventsReplayed, reset } from '../setup/reset';
import { calls, eventOfType, says, useTemporal } from '../setup/temporal';

const temporal = useTemporal();

const YES = { response: 'yes' };

test('the stream says which answers a reset drops, and nothing is approved that its sender did not name', async () => {
  const replies = [calls(['confirm', { question: 'Go on?' }]), says('Done.')];
  const run = await temporal.run('toolAgent', ({ messages }) => replies[messages.at(-1)?.role === 'tool' ? 1 : 0]);
  await eventOfType(run, 'InputRequiredEvent');
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  await handle.executeUpdate('respond', { args: [YES] });
  await run.result();
  await reset(temporal, run, 5);
  const again = temporal.client.getHandler(run.workflowId);
  const { inputId } = await eventOfType(again, 'InputRequiredEvent');
  const events = await sameForAll(run);
  expect(events.find(({ type }) => type === 'AnswerRefused')).toMatchObject({
    type: 'AnswerRefused',
    reason: 'not_waiting',
    message: expect.stringContaining('reset'),
  });
  await again.respond(inputId as string, YES);
  await again.result();
  // The model asks nothing this time.
  temporal.model.script([says('No need to ask.')]);
  await reset(temporal, run, 5);
  expect(String(await temporal.client.getHandler(run.workflowId).result())).toBe('No need to ask.');
  const dropped = (await sameForAll(run)).filter(({ type }) => type === 'AnswerRefused');
  expect(dropped).toMatchObject([{ received: '{"response":"yes"}' }, { inputId, reason: 'not_waiting' }]);
}, 60_000);

test('an answer settles its question when that is asked again word for word, and no other in its place', async () => {
  let question = 'Refund 10?';
  const run = await temporal.run('toolAgent', ({ messages }) =>
    messages.at(-1)?.role === 'tool' ? says(String(messages.at(-1)?.content)) : calls(['confirm', { question }]),
  );
  const { inputId = '' } = await eventOfType(run, 'InputRequiredEvent');
  await run.respond(inputId, YES);
  expect(String(await run.result())).toBe('Refund 10? yes');
  await reset(temporal, run, 5);
  const again = temporal.client.getHandler(run.workflowId);
  expect(String(await again.result())).toBe('Refund 10? yes');
  expect((await sameForAll(run)).map(({ type }) => type)).not.toContain('AnswerRefused');
  question = 'Refund 10000?';
  await reset(temporal, run, 5);
  const other = temporal.client.getHandler(run.workflowId);
  const refused = await eventOfType(other, 'AnswerRefused');
  const { inputId: otherId = '' } = await eventOfType(other, 'InputRequiredEvent');
  expect(refused).toMatchObject({ reason: 'not_waiting', inputId, message: expect.stringContaining(otherId) });
  await sameForAll(run);
  await expect(other.respond(inputId, YES)).rejects.toMatchObject({ details: { reason: 'not_waiting' } });
  await other.respond(otherId, { response: 'no' });
  expect(String(await other.result())).toBe('Refund 10000? no');
}, 60_000);

test('an effect that a reset does again keeps its idempotency key, and another effect in its place has another', async () => {
  const before = sentEmails.length;
  const replies = [calls(['send_email', { to: 'a' }]), says('Sent.')];
  const run = await temporal.run('toolAgent', [
    ...replies,
    ...replies,
    calls(['send_email', { to: 'b' }]),
    says('Sent.'),
  ]);
  await run.result();
  for (let times = 0; times < 2; times += 1) {
    await reset(temporal, run, 5);
    await temporal.client.getHandler(run.workflowId).result();
  }
  const [first, again, other] = sentEmails.slice(before).flatMap(({ key, attempt }) => (attempt === 3 ? [key] : []));
  expect(again).toBe(first);
  expect(other).not.toBe(first);
}, 60_000);

/** What a worker that has just started shows is what the one before showed. */
async function sameForAll(run: WorkflowHandler): Promise<readonly AnyEvent[]> {
  const seen = await eventsNow(temporal, run);
  expect(await eventsReplayed(temporal, run)).toEqual(seen);
  return seen;
}
