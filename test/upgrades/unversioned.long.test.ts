import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';
import { allEvents, calls, eventOf, eventOfType, says, TestTemporal } from '../setup/temporal';
import { ASKED_AGAIN, failedTask, useVersions, type VersionName } from './versions';

const temporal = new TestTemporal();
const versions = useVersions('v1', 'compatible', 'breaking');

beforeAll(async () => await temporal.start(versions.v1));
afterEach(async () => await deploy('v1'));
afterAll(async () => await temporal.stop());

/** One version takes the place of the other, as in a deployment without Worker Versioning. */
async function deploy(name: VersionName): Promise<void> {
  await temporal.stopWorker();
  await temporal.startWorker(versions[name]);
}

/** A run of version 1 that is parked in a tool. */
async function parkedIn(tool: string): Promise<{ readonly run: WorkflowHandler; readonly question: AnyEvent }> {
  const run = await temporal.run('deskAgent', [calls([tool]), says('Done.')], 'Go.', ASKED_AGAIN);
  return { run, question: await eventOfType(run, 'InputRequiredEvent') };
}

/** By signal: it is kept whatever the worker makes of it. */
async function answer(run: WorkflowHandler, { inputId }: AnyEvent): Promise<void> {
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', inputId: inputId as string });
}

/** What the model was told of its tool call. */
function toolOutput(): unknown {
  return temporal.requests.at(-1)?.messages.at(-1)?.content;
}

test('a prompt, a description, a schema and an added tool are in force with the next model call of a parked run', async () => {
  const { run, question } = await parkedIn('approve');
  await deploy('compatible');
  await answer(run, question);
  expect(String(await run.result())).toBe('Done.');
  expect(toolOutput()).toBe('approved: yes');
  const { messages, tools } = temporal.requests.at(-1) ?? {};
  expect(messages?.[0]?.content).toBe('Version 2.');
  expect(tools).toContainEqual(
    expect.objectContaining({
      function: expect.objectContaining({
        name: 'approve',
        description: 'Version 2 of approve.',
        parameters: expect.objectContaining({ properties: { note: expect.anything() } }),
      }),
    }),
  );
  expect(JSON.stringify(tools)).toContain('"added"');
});

test('a body changed under patched: a parked run keeps what came before its wait, and has the rest new', async () => {
  const { run, question } = await parkedIn('sign');
  await deploy('compatible');
  await answer(run, question);
  await run.result();
  expect(toolOutput()).toBe('signed: yes, looked by compatible');

  const fresh = await temporal.run('deskAgent', [calls(['sign']), says('Done.')]);
  await answer(fresh, await eventOfType(fresh, 'InputRequiredEvent'));
  await fresh.result();
  const { events } = await temporal.client.temporal.workflow.getHandle(fresh.workflowId).fetchHistory();
  const looks = events?.filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'tool:look',
  );
  expect(looks).toHaveLength(2);
});

test('a body that does something else before its wait: the run stops where it is, and the old worker finishes it', async () => {
  const { run, question } = await parkedIn('check');
  await deploy('breaking');
  await answer(run, question);
  expect(await failedTask(temporal, run)).toMatch(/TMPRL1100|[Nn]ondeterminism/);
  await deploy('v1');
  expect(String(await run.result())).toBe('Done.');
  expect(toolOutput()).toBe('looked by v1, checked: yes');
  expect((await allEvents(run)).filter(({ type }) => type === 'AnswerRefused')).toEqual([]);
});

test('a body that does something new before its wait: Temporal cannot tell, the question is asked anew', async () => {
  const { run, question } = await parkedIn('approve');
  await deploy('breaking');
  await answer(run, question);
  expect(await eventOfType(run, 'AnswerRefused')).toMatchObject({ reason: 'not_waiting', inputId: question.inputId });
  const again = await eventOfType(run, 'InputRequiredEvent');
  expect(again.inputId).not.toBe(question.inputId);
  await answer(run, again);
  await run.result();
  expect(toolOutput()).toBe('looked by breaking, approved: yes');
});

test('looking at what is pending shows such a change, and going back then loses nothing', async () => {
  const { run, question } = await parkedIn('approve');
  await deploy('breaking');
  expect(await run.pendingInputs()).toEqual([]);
  await deploy('v1');
  expect(await run.pendingInputs()).toMatchObject([{ inputId: question.inputId }]);
  await answer(run, question);
  await run.result();
  expect(toolOutput()).toBe('approved: yes');
});

test('a tool removed under a run that is parked in it: the run stops and says which, and takes the answer when it is back', async () => {
  const { run, question } = await parkedIn('sign');
  await deploy('breaking');
  await answer(run, question);
  expect(await failedTask(temporal, run)).toMatch(/The tool "sign" was there when the model called it/);
  const failure = expect.stringContaining('The tool "sign" was there when the model called it');
  await expect(run.pendingInputs()).rejects.toMatchObject({
    code: 'RUN_STUCK',
    message: failure,
    details: { failure },
  });
  const watching = allEvents(run);
  expect(await eventOfType(run, 'RunStuck')).toEqual({ type: 'RunStuck', failure });
  await deploy('compatible');
  expect(String(await run.result())).toBe('Done.');
  expect((await watching).at(-1)?.type).toBe('StopEvent');
  expect(toolOutput()).toBe('signed: yes, looked by compatible');
}, 120_000);

test('a tool removed under a conversation that had it done: its past stays what it was', async () => {
  const input = { userMsg: 'Go.', conversation: true };
  const replies = [calls(['sign']), says('Signed.'), says('More.')];
  const run = await temporal.run('deskAgent', replies, input, ASKED_AGAIN);
  await answer(run, await eventOfType(run, 'InputRequiredEvent'));
  await eventOfType(run, 'TurnEnded');
  await deploy('breaking');
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'never asked', inputId: 'none' });
  expect(await failedTask(temporal, run)).toMatch(/The tool "sign" was there/);
  await deploy('v1');
  await run.sendMessage('More?');
  await run.close();
  expect(String(await run.result())).toBe('More.');
  expect(temporal.requests.at(-1)?.messages).toContainEqual(expect.objectContaining({ content: 'signed: yes' }));
});

test('a tool that the model made up is no removed one: the model is told, on any version', async () => {
  const run = await temporal.run('deskAgent', [calls(['nope'], ['approve']), says('Done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await deploy('compatible');
  await answer(run, question);
  expect(String(await run.result())).toBe('Done.');
  expect(await eventOf(run, ({ toolOutput: output }) => String(output).startsWith('There is no tool'))).toMatchObject({
    toolName: 'nope',
    isError: true,
  });
});
