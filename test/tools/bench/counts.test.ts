import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import { type BenchWorkers, startBenchWorkers } from '../../setup/bench-workers';
import { eventOfType } from '../../setup/temporal';
import { startConversation } from '../../../tools/bench/follow-turns';
import { answer, parkedRun, questionIsOpen } from '../../../tools/bench/question-run';
import type { Served } from '../../../tools/bench/start-worker-process';
import { growthOfRun } from '../../../tools/bench/steps';
import { ANSWER, QUESTION_RUN, STEPS, USER_MESSAGE } from '../../../tools/bench/task';

let bench: BenchWorkers;

beforeAll(async () => {
  bench = await startBenchWorkers(process.env['TEMPORAL_ADDRESS'] as string);
}, 60_000);
afterAll(async () => await bench?.stop());

interface History {
  readonly events: number;
  readonly bytes: number;
}

async function historyOf(workflowId: string): Promise<History> {
  const { historyLength, historySize } = await bench.client.temporal.workflow.getHandle(workflowId).describe();
  return { events: historyLength, bytes: historySize as number };
}

/** Token counts in two model replies and in the result, which the bare workflow does not keep. */
const TOKEN_BYTES = 200;

/** Of a run that was answered by signal. */
async function exampleRun(served: Served): Promise<History> {
  const handle = await parkedRun(bench.client.temporal, served);
  await answer(handle);
  return await historyOf(handle.workflowId);
}

test('the example run has 21 events as the bare workflow has, and at most 2 % more bytes beside its tokens', async () => {
  const [ours, bare] = [await exampleRun(bench.ours), await exampleRun(bench.bare)];
  expect([ours.events, bare.events]).toEqual([21, 21]);
  expect(ours.bytes - TOKEN_BYTES).toBeLessThan(bare.bytes * 1.02);
});

test('a refused signal adds 4 events, each second one 2 more for its place in a replay; a refused update none, a taken one 1 more than a signal', async () => {
  const { client, ours } = bench;
  const run = client.getHandler((await parkedRun(client.temporal, ours)).workflowId);
  const parked = (await historyOf(run.workflowId)).events;
  expect(parked).toBe(10);
  await expect(run.respond('nobody', 'yes')).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
  expect((await historyOf(run.workflowId)).events).toBe(parked);
  let seq: number | undefined;
  const added: number[] = [];
  for (const _time of [1, 2, 3, 4]) {
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', inputId: 'nobody' });
    ({ seq } = await eventOfType(run, 'AnswerRefused', seq));
    added.push((await historyOf(run.workflowId)).events - parked);
  }
  expect(added).toEqual([4 + 2, 8 + 2, 12 + 4, 16 + 4]);
  await run.respond((await run.pendingInputs())[0] ?? {}, ANSWER);
  await run.result();
  expect((await historyOf(run.workflowId)).events).toBe(21 + 16 + 4 + 1);
});

test('a parked run has no timer and no activity: nothing happens until somebody sends something', async () => {
  const handle = await parkedRun(bench.client.temporal, bench.ours);
  const { events } = await handle.fetchHistory();
  expect(events?.some(({ timerStartedEventAttributes: timer }) => timer)).toBe(false);
  const { raw } = await handle.describe();
  expect([raw.pendingActivities ?? [], raw.pendingWorkflowTask ?? null]).toEqual([[], null]);
  await answer(handle);
});

test('start and answer are one request each, and a result two: which execution has it, and what it is', async () => {
  const { client, ours } = bench;
  const ways: Readonly<Record<string, (run: WorkflowHandler) => Promise<unknown>>> = {
    SignalWorkflowExecution: async (run) => await run.sendEvent({ type: 'HumanResponseEvent', ...ANSWER }),
    UpdateWorkflowExecution: async (run) => await run.respond({}, ANSWER),
  };
  for (const [name, answered] of Object.entries(ways)) {
    bench.requests();
    const run = await client.run(QUESTION_RUN.ours, { userMsg: USER_MESSAGE }, { taskQueue: ours.taskQueue });
    expect(bench.requests()).toEqual(['StartWorkflowExecution']);
    await questionIsOpen(client.temporal, run.workflowId);
    bench.requests();
    await answered(run);
    expect(bench.requests()).toEqual([name]);
    await run.result();
    expect(bench.requests()).toEqual(['DescribeWorkflowExecution', 'GetWorkflowExecutionHistory']);
  }
});

test('a turn of a conversation adds 10 events as to the bare workflow, after 2 when it begins with nothing, and late ones no more bytes than early ones', async () => {
  const { client, ours, bare } = bench;
  for (const [served, begun] of [
    [ours, 4 + 2],
    [bare, 4],
  ] as const) {
    const talk = await startConversation(client.temporal, served);
    const sizes: number[] = [];
    for (let turn = 1; turn <= 30; turn += 1) {
      await talk.turn();
      expect(talk.events).toBe(begun + turn * 10);
      if (turn % 10 === 0) sizes.push((await historyOf(talk.workflowId)).bytes);
    }
    const [ten = 0, twenty = 0, thirty = 0] = sizes;
    expect((thirty - twenty) / (twenty - ten)).toBeLessThan(1.02);
    await talk.close();
  }
}, 60_000);

test(`history is linear over ${STEPS} steps: a model call and a tool of 12 events and about 4 KB each time`, async () => {
  const { events, bytes, lateToEarly } = await growthOfRun({ client: bench.client.temporal }, bench.ours);
  expect(events).toBe(4 + STEPS * 12 + 7);
  expect(bytes).toBeLessThan(STEPS * 4100);
  expect(lateToEarly).toBeLessThan(1.01);
}, 120_000);
