import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { temporal as proto } from '@temporalio/proto';
import { encryptedDataConverter } from '../../src/encryption';
import { implement } from '../../src/worker';
import { lookUp } from '../fixtures/secret-agents';
import { bundle, keys, storedHistory } from '../setup/encryption';
import { calls, eventOfType, json, says, TestTemporal } from '../setup/temporal';

/** What a worker that encrypts lets out in plain text, to someone who has no key. */
const temporal = new TestTemporal();
const dataConverter = encryptedDataConverter(keys('k1'));
const SECRET = 'the-secret-word';

/** As the SDK calls the error of a payload that it cannot decode. */
class ValueError extends Error {}

beforeAll(async () => {
  const workflows = require.resolve('../fixtures/secret-agents');
  const fail = implement(lookUp, ({ what }) => {
    throw new ValueError(what);
  });
  await temporal.start({ workflows, workflowBundle: await bundle(workflows), tools: [fail], dataConverter });
});
afterAll(async () => await temporal.stop());

const service = () => temporal.client.temporal.workflowService;

/** Every encrypted payload of a run's history. */
async function stolen(workflowId: string): Promise<readonly Payload[]> {
  const history = await temporal.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  const found: Payload[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { metadata, data } = value as Payload;
    if (metadata && data) found.push(value);
    else for (const field of Object.values(value)) look(field);
  };
  for (const event of history.events ?? []) look(proto.api.history.v1.HistoryEvent.toObject(event as never));
  return found;
}

describe('somebody without a key who sends what was encrypted back to a run', () => {
  test('as the argument of a query or an update is told nothing of it', async () => {
    const run = await temporal.run(
      'secretAgent',
      [
        calls(['note', { text: SECRET }], ['tell', { what: SECRET }]),
        calls(['confirm', { question: SECRET }], ['confirm', { question: `${SECRET}?` }]),
      ],
      SECRET,
    );
    await eventOfType(run, 'InputRequiredEvent');
    const payloads = await stolen(run.workflowId);
    expect(payloads.length).toBeGreaterThan(4);
    const execution = { workflowId: run.workflowId };
    const said: string[] = [];
    const tell = (error: unknown): void => {
      said.push(JSON.stringify(error, Object.getOwnPropertyNames(error)), Buffer.from(String(error)).toString());
      const { metadata } = error as { readonly metadata?: { getMap(): Record<string, unknown> } };
      for (const value of Object.values(metadata?.getMap() ?? {}))
        said.push(Buffer.from(value as string).toString('latin1'));
    };
    for (const payload of payloads) {
      for (const queryType of ['events', 'transcript', 'status', 'context', 'pendingInputs', 'nothing']) {
        const query = { queryType, queryArgs: { payloads: [payload] } };
        await service().queryWorkflow({ namespace: 'default', execution, query }).catch(tell);
      }
      for (const name of ['respond', 'sendMessage', 'nothing']) {
        const { outcome } = await service().updateWorkflowExecution({
          namespace: 'default',
          workflowExecution: execution,
          request: { meta: { updateId: crypto.randomUUID() }, input: { name, args: { payloads: [payload] } } },
          waitPolicy: { lifecycleStage: 3 },
        });
        said.push(Buffer.from(proto.api.update.v1.Outcome.encode(outcome ?? {}).finish()).toString('latin1'));
      }
    }
    expect(said.length).toBeGreaterThan(payloads.length * 4);
    expect(said.filter((text) => text.includes('Encoded failure')).length).toBeGreaterThan(payloads.length);
    expect(said.filter((text) => text.includes(SECRET))).toEqual([]);
    await run.cancel();
  });

  test('is still told by a query what it takes, and which queries there are', async () => {
    const run = await temporal.run('secretAgent', [calls(['confirm', { question: 'Yes?' }])]);
    await eventOfType(run, 'InputRequiredEvent');
    const ask = async (queryType: string, argument: unknown): Promise<unknown> =>
      await service()
        .queryWorkflow({
          namespace: 'default',
          execution: { workflowId: run.workflowId },
          query: { queryType, queryArgs: { payloads: [json(argument)] } },
        })
        .catch((error: Error) => error.message);
    expect(await ask('events', { after: 'x' })).toMatch(/takes {"after": an integer.*"after" is none/);
    expect(await ask('transcript', { thread: SECRET })).toMatch(/No agent works in that thread now/);
    expect(await ask('nothing', 1)).toMatch(/did not register a handler for nothing/);
    await run.cancel();
  });
});

test('words that look like ours do not make an error readable', async () => {
  const what = `Failed to parse activity args for activity a: Unknown encoding: binary/encrypted; unreadable here: ${SECRET}`;
  const run = await temporal.run('secretAgent', [calls(['tell', { what }], ['look_up', { what }]), says('Sorry.')]);
  await run.result();
  const failing = await temporal.run('tattler', [], what);
  await expect(failing.result()).rejects.toMatchObject({ code: 'RUN_FAILED' });
  for (const { workflowId } of [run, failing]) {
    expect(await storedHistory(temporal, workflowId)).not.toContain(SECRET);
  }
});
