import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { encryptedDataConverter } from '../../src/encryption';
import { createWorker, implement } from '../../src/worker';
import OpenAI from 'openai';
import { implementations } from '../fixtures/implementations';
import { lookUp } from '../fixtures/secret-agents';
import { bundle, keys, storedHistory } from '../setup/encryption';
import {
  allEvents,
  calls,
  EXAMPLE_STREAM,
  eventOfType,
  json,
  questionsOf,
  says,
  TestTemporal,
} from '../setup/temporal';
import { temporalCli } from '../setup/temporal-cli';

const temporal = new TestTemporal();
const dataConverter = encryptedDataConverter(keys('k1'));
const SECRET = 'the secret word';

beforeAll(async () => await temporal.start({ workflowBundle: await bundle(), dataConverter }));
afterAll(async () => await temporal.stop());

test('the example runs as ever, and the server has no word of it', async () => {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says(SECRET)], SECRET);
  const question = await eventOfType(run, 'InputRequiredEvent');
  expect(await run.pendingInputs()).toMatchObject([{ event: { prefix: question['prefix'] } }]);
  expect(await run.status()).toMatchObject({ state: 'waiting' });
  await expect(run.respond(question, { response: SECRET, user_name: 'Mallory' })).rejects.toMatchObject({
    code: 'ANSWER_REFUSED',
    details: { reason: 'not_waiting', open: [question.inputId] },
  });
  await run.respond(question, { response: 'yes', user_name: 'Laurie', because: SECRET });
  expect(String(await run.result())).toBe(SECRET);
  expect((await allEvents(run)).map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
  const stored = await storedHistory(temporal, run.workflowId);
  expect(stored).toContain('binary/encrypted');
  expect(stored).not.toContain(SECRET);
  expect(stored).not.toContain('json/plain');
});

test('what a run is started with as data is known to its tools and prompts, and not to the server', async () => {
  const input = { userMsg: 'Go.', data: { customer: SECRET } };
  const run = await temporal.run('toldAgent', [calls(['look_up_for', {}]), says('Done.')], input);
  await run.result();
  expect(temporal.requests[0]?.messages[0]?.content).toContain(SECRET);
  expect(await storedHistory(temporal, run.workflowId)).not.toContain(SECRET);
});

test('a person who has no key answers from the Temporal CLI, readable, and the run goes on', async () => {
  const workflowId = `readable-${crypto.randomUUID()}`;
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says(SECRET)], SECRET, { workflowId });
  await eventOfType(run, 'InputRequiredEvent');
  const answer = '{"response":"yes","user_name":"Laurie","because":"typed by hand"}';
  const signal = ['workflow', 'signal', '--workflow-id', workflowId, '--name', 'HumanResponseEvent', '--input', answer];
  await temporalCli(...signal);
  expect(String(await run.result())).toBe(SECRET);
  const stored = await storedHistory(temporal, workflowId);
  expect(stored).toContain('typed by hand');
  expect(stored).not.toContain(SECRET);
});

test('a long conversation, which the model activity reads by a query of its own run, reaches the model', async () => {
  const long = `${SECRET} `.repeat(1000);
  const run = await temporal.run('toolAgent', [calls(['add', { a: 1, b: 2 }]), says('3')], long);
  expect(String(await run.result())).toBe('3');
  expect(temporal.requests.map(({ messages }) => messages.find(({ role }) => role === 'user')?.content)).toEqual([
    long,
    long,
  ]);
});

test('tools that fail are told to the model in their own words, and to nobody else', async () => {
  const run = await temporal.run('toolAgent', [calls(['failing'], ['send_email', { to: 'ann' }]), says('Sorry.')]);
  await run.result();
  const outputs = (await allEvents(run)).filter(({ type }) => type === 'ToolCallResult');
  expect(outputs.map((event) => event['toolOutput']).sort()).toEqual(['it never works', 'sent to ann']);
  const stored = await storedHistory(temporal, run.workflowId);
  expect(stored).toContain('Encoded failure');
  expect(stored).not.toContain('it never works');
});

test('a run that fails says why to its client only', async () => {
  const run = await temporal.run('toolAgent', [calls(['add', { a: 1, b: 1 }])], { userMsg: 'a', maxIterations: 1 });
  await expect(run.result()).rejects.toMatchObject({
    code: 'RUN_FAILED',
    message: expect.stringContaining('maxIterations'),
    details: { cause: 'MAX_ITERATIONS' },
  });
  expect(await storedHistory(temporal, run.workflowId)).not.toContain('maxIterations');
});

test('a context goes on in another run, in the middle of a question of an agent of an agent', async () => {
  const first = await temporal.run('headAgent', [
    calls(['office', { request: 'Work.' }]),
    calls(['clerk', { request: 'Ask.' }]),
    calls(['confirm', { question: 'Sure? ' }]),
  ]);
  const question = await eventOfType(first, 'InputRequiredEvent');
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('headAgent', [says('Yes.'), says('The clerk has it.'), says('Done.')], { context });
  await second.respond(question, 'yes');
  expect(String(await second.result())).toBe('Done.');
});

test('a conversation takes messages, and ends when it is closed', async () => {
  const run = await temporal.run('statefulAgent', [says('One.'), says('Two.')], { userMsg: 'a', conversation: true });
  await eventOfType(run, 'TurnEnded');
  await run.sendMessage('b');
  await run.close();
  expect(String(await run.result())).toBe('Two.');
});

test('two questions at once are answered one by one', async () => {
  const ask = calls(['confirm', { question: 'a? ' }], ['confirm', { question: 'b? ' }]);
  const run = await temporal.run('toolAgent', [ask, says('Done.')]);
  const [first, second] = await questionsOf(run, 2);
  await expect(run.respond({}, 'yes')).rejects.toMatchObject({ details: { reason: 'ambiguous' } });
  await run.respond(second ?? {}, 'yes');
  await run.respond(first ?? {}, 'no');
  expect(await run.result()).toMatchObject({ response: 'Done.' });
});

test('what the model says is seen while it says it, by whoever has the key', async () => {
  let end = (): void => undefined;
  const holdMidway = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = await temporal.run('toolAgent', [{ content: SECRET, holdMidway }]);
  expect(SECRET.startsWith(String((await eventOfType(run, 'AgentStream'))['response']))).toBe(true);
  const { raw } = await temporal.client.temporal.workflow.getHandle(run.workflowId).describe();
  const [said] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
  expect(Buffer.from(said?.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
  end();
  expect(String(await run.result())).toBe(SECRET);
});

test('memo and summary are the client’s to read', async () => {
  const run = await temporal.run('toolAgent', [says('Hello.')], 'Hi.', {
    memo: { note: SECRET },
    staticSummary: SECRET,
  });
  await run.result();
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  const { memo, staticSummary, raw } = { ...(await handle.describe()), staticSummary: await summaryOf(handle) };
  expect({ memo, staticSummary }).toEqual({ memo: { note: SECRET }, staticSummary: SECRET });
  expect(JSON.stringify(raw)).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, -4));
});

type Handle = ReturnType<TestTemporal['client']['temporal']['workflow']['getHandle']>;

async function summaryOf(handle: Handle): Promise<string | undefined> {
  return await (await handle.describe()).staticSummary();
}

test('what a tool says while it works is encrypted as well', async () => {
  let end = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    end = resolve;
  });
  const taskQueue = `heartbeats-${crypto.randomUUID()}`;
  const connection = temporal.connection;
  const worker = await createWorker({
    workflows: require.resolve('../fixtures/secret-agents'),
    tools: [
      implement(lookUp, async () => {
        Context.current().heartbeat(SECRET);
        await started;
        return 'found';
      }),
    ],
    openai: new OpenAI({ apiKey: 'scripted', baseURL: temporal.model.url }),
    connection,
    taskQueue,
    dataConverter,
  });
  await worker.runUntil(async () => {
    const run = await temporal.run('secretAgent', [calls(['look_up', { what: 'it' }]), says('Done.')], 'Go.', {
      taskQueue,
    });
    const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
    let details: Uint8Array | null | undefined;
    while (!details) {
      const { raw } = await handle.describe();
      const pending = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'tool:look_up');
      const [first] = pending?.heartbeatDetails?.payloads ?? [];
      details = first?.data;
      expect(Buffer.from(details ?? []).includes(SECRET)).toBe(false);
      if (details) expect(Buffer.from(first?.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
    }
    end();
    await run.result();
  });
});

test('a worker with a bundle that would not encrypt the errors of workflows does not start', async () => {
  const codePath = process.env['COUNTERSIGN_TEST_BUNDLE'] as string;
  const options = {
    workflows: require.resolve('../fixtures/workflows'),
    tools: implementations,
    openai: new OpenAI({ apiKey: 'scripted', baseURL: temporal.model.url }),
    connection: temporal.connection,
    workflowBundle: { codePath },
  };
  await expect(createWorker({ ...options, dataConverter })).rejects.toMatchObject({
    code: 'INVALID_DEFINITION',
    message: expect.stringContaining('give bundleWorkflowCode the same failureConverterPath'),
  });
});

test('a hand-written workflow and its updates work, and a plain start by anybody does', async () => {
  const workflowId = `plain-${crypto.randomUUID()}`;
  temporal.model.script([says('Hello.')]);
  await temporal.client.temporal.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    workflowType: { name: 'toolAgent' },
    taskQueue: { name: temporal.taskQueue },
    input: { payloads: [json('Go.')] },
    requestId: crypto.randomUUID(),
  });
  expect(String(await temporal.client.getHandler(workflowId).result())).toBe('Hello.');

  const report = await temporal.client.run('expenseReport', { amount: 7 }, { taskQueue: temporal.taskQueue });
  for (const role of ['manager', 'finance']) {
    await questionsOf(report, role === 'manager' ? 1 : 2);
    await report.respond({}, { type: 'HumanResponseEvent/RefundDecision', role, approved: true });
  }
  await report.sendEvent({ type: 'PaymentReceived', amount: 7 });
  expect(await report.result()).toBe('paid 7 after 2 approvals');
});
