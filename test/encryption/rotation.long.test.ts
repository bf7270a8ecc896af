import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { WorkflowBundle } from '@temporalio/worker';
import { encryptedDataConverter, encryptionCodec } from '../../src/encryption';
import { bundle, keys, storedHistory, whenTaskFailed } from '../setup/encryption';
import { allEvents, calls, connectClient, eventOfType, json, says, TestTemporal } from '../setup/temporal';

const temporal = new TestTemporal();
const LAURIE = { response: 'yes', user_name: 'Laurie' };
const REPLIES = [calls(['dangerous_task']), says('All done.')];
const address = process.env['TEMPORAL_ADDRESS'] as string;
/** A workflow task that failed is tried again when this has passed. */
const HASTY = { workflowTaskTimeout: '1 second' };
let workflowBundle: WorkflowBundle;

beforeAll(async () => {
  workflowBundle = await bundle();
  await temporal.start({ workflowBundle, dataConverter: encryptedDataConverter(keys('k1')) });
});
beforeEach(async () => await knows('k1'));
afterAll(async () => await temporal.stop());

/** Another worker, which knows these keys and no run. Without any: one that has no codec. */
async function workerKnows(...ids: readonly string[]): Promise<void> {
  await temporal.stopWorker();
  await temporal.startWorker({ workflowBundle, dataConverter: converter(ids) });
}

async function clientKnows(...ids: readonly string[]): Promise<void> {
  const { client } = temporal;
  temporal.client = await connectClient(address, { dataConverter: converter(ids) });
  await client.close();
}

async function knows(...ids: readonly string[]): Promise<void> {
  await clientKnows(...ids);
  await workerKnows(...ids);
}

function converter([use, ...others]: readonly string[]) {
  return use === undefined ? {} : encryptedDataConverter(keys(use, ...others));
}

async function parked(): Promise<{ readonly id: string }> {
  const run = await temporal.run('dangerousAgent', REPLIES, 'Start under the first key.', HASTY);
  await eventOfType(run, 'InputRequiredEvent');
  return { id: run.workflowId };
}

test('a run that is parked under one key goes on under the next', async () => {
  const { id } = await parked();
  await knows('k2', 'k1');
  const run = temporal.client.getHandler(id);
  expect(await run.pendingInputs()).toHaveLength(1);
  await run.respond({}, LAURIE);
  expect(String(await run.result())).toBe('All done.');
  const stored = await storedHistory(temporal, id);
  expect(stored).toContain('k1');
  expect(stored).toContain('k2');
});

test.each<[string, readonly string[], RegExp]>([
  ['without its key', ['k2'], /safe.*the key "k1", which is not known here/],
  ['without any key', [], /safe.*it is encrypted, and there are no keys here/],
])('a worker %s cannot go on with a run, says so, and loses nothing', async (_name, ids, why) => {
  const { id } = await parked();
  await workerKnows(...ids);
  const run = temporal.client.getHandler(id);
  await expect(run.pendingInputs()).rejects.toMatchObject({ code: 'UNREADABLE', message: expect.stringMatching(why) });
  await run.sendEvent({ type: 'HumanResponseEvent', ...LAURIE });
  await whenTaskFailed(temporal, id, why);
  await knows('k1');
  expect(String(await temporal.client.getHandler(id).result())).toBe('All done.');
});

test('an answer under a key that the worker does not have is refused, and stays refused when it has it', async () => {
  const { id } = await parked();
  const run = temporal.client.getHandler(id);
  const hasty = await connectClient(address, { dataConverter: encryptedDataConverter(keys('k2', 'k1')) });
  await hasty.getHandler(id).sendEvent({ type: 'HumanResponseEvent', ...LAURIE });
  const refusal = await eventOfType(run, 'AnswerRefused');
  expect(refusal).toMatchObject({
    reason: 'invalid',
    message: expect.stringContaining('it is encrypted with the key "k2", which is not known here'),
  });
  await expect(hasty.getHandler(id).respond({}, LAURIE)).rejects.toMatchObject({
    code: 'ANSWER_REFUSED',
    details: { reason: 'invalid' },
  });
  expect(await hasty.getHandler(id).streamEvents().next()).toMatchObject({
    value: { type: 'RunStuck', failure: expect.stringContaining('the key "k2", which is not known here') },
  });
  await hasty.close();

  await workerKnows('k1', 'k2');
  expect(await run.pendingInputs()).toHaveLength(1);
  expect((await run.status()).events).toBe((refusal.seq as number) + 1);
  await run.respond({}, LAURIE);
  expect(String(await run.result())).toBe('All done.');
  // One more worker that remembers nothing: what it makes of the history has to fit what was done.
  await workerKnows('k2', 'k1');
  await clientKnows('k1', 'k2');
  expect((await allEvents(temporal.client.getHandler(id))).map(({ type }) => type)).toContain('AnswerRefused');
});

test('a refused answer between others is told apart from them in every replay', async () => {
  const run = await temporal.run('toolAgent', [calls(['twice']), says('Done.')]);
  const first = await eventOfType(run, 'InputRequiredEvent');
  const [foreign] = await encryptionCodec(keys('k3')).encode([json({ response: 'Mallory' })]);
  await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', foreign ?? {});
  await eventOfType(run, 'AnswerRefused');
  await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', json({ response: 'Ann' }));
  const second = await eventOfType(run, 'InputRequiredEvent', first.seq);
  await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', foreign ?? {});
  await eventOfType(run, 'AnswerRefused', second.seq);
  await knows('k1', 'k3');
  const again = temporal.client.getHandler(run.workflowId);
  expect(await again.pendingInputs()).toMatchObject([{ inputId: second.inputId }]);
  await again.respond(second, '42');
  expect(await again.result()).toMatchObject({ response: 'Done.' });
  await workerKnows('k3', 'k1');
  const output = (await allEvents(again)).find(({ type }) => type === 'ToolCallResult');
  expect(output).toMatchObject({ toolOutput: 'Ann is 42' });
});

test('a start under a key that the worker does not have fails at once, and says which', async () => {
  await clientKnows('k2');
  const run = await temporal.run('dangerousAgent', REPLIES);
  await expect(run.result()).rejects.toMatchObject({
    code: 'UNREADABLE',
    message: expect.stringContaining('the key "k1", which is not known here'),
  });
  await clientKnows('k2', 'k1');
  const same = temporal.client.getHandler(run.workflowId);
  await expect(same.result()).rejects.toMatchObject({
    code: 'RUN_FAILED',
    message: expect.stringContaining('the key "k2", which is not known here'),
    details: { cause: 'INVALID_INPUT' },
  });
  await workerKnows('k2', 'k1');
  expect((await allEvents(same)).map(({ type }) => type)).toEqual(['StopEvent/WorkflowFailedEvent']);
});

test('a result under a key that the client does not have is told so, and can be read later', async () => {
  const { id } = await parked();
  await workerKnows('k2', 'k1');
  const run = temporal.client.getHandler(id);
  await run.sendEvent({ type: 'HumanResponseEvent', ...LAURIE });
  await expect(run.result()).rejects.toMatchObject({
    code: 'UNREADABLE',
    message: expect.stringContaining('the key "k2", which is not known here'),
  });
  await expect(run.status()).rejects.toMatchObject({ code: 'UNREADABLE' });
  await clientKnows('k1', 'k2');
  expect(String(await temporal.client.getHandler(id).result())).toBe('All done.');
});

test('what a run handed on to itself is not refused: it waits for a worker with the key', async () => {
  await temporal.stopWorker();
  await clientKnows('k2', 'k1');
  // Times out, and goes on as another link with the input of the first.
  const retry = { maximumAttempts: 2, initialInterval: '1 ms' };
  const run = await temporal.run('dangerousAgent', REPLIES, 'Go.', {
    ...HASTY,
    retry,
    workflowRunTimeout: '8 seconds',
  });
  const { workflow } = temporal.client.temporal;
  const first = (await workflow.getHandle(run.workflowId).describe()).runId;
  await expect(workflow.getHandle(run.workflowId, first, { followRuns: false }).result()).rejects.toThrow();
  await workerKnows('k1');
  await whenTaskFailed(temporal, run.workflowId, /the key "k2", which is not known here/);
  await workerKnows('k1', 'k2');
  await eventOfType(temporal.client.getHandler(run.workflowId), 'InputRequiredEvent');
});
