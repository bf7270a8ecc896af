import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BenchWorkers, startBenchWorkers } from '../../setup/bench-workers';
import { type Actions, type MeteredServer, startMeteredServer, sum } from '../../setup/metered-server';
import { startConversation } from '../../../tools/bench/follow-turns';
import { modelScript } from '../../../tools/bench/model-script';
import { answer, parkedRun, questionIsOpen } from '../../../tools/bench/question-run';
import type { Served } from '../../../tools/bench/start-worker-process';
import { growthOfRun } from '../../../tools/bench/steps';
import { ANSWER, KINDS, QUESTION_RUN, STEPS, USER_MESSAGE } from '../../../tools/bench/task';

const HEARTBEAT = 'grpc_RecordActivityTaskHeartbeat';
let server: MeteredServer;
let bench: BenchWorkers;

beforeAll(async () => {
  server = await startMeteredServer();
  bench = await startBenchWorkers(server.address);
}, 60_000);
afterAll(async () => {
  await bench?.stop();
  await server?.stop();
});

/** Actions that docs/operations.md names, of ours and of bare. */
function documented(what: string): readonly number[] {
  const page = readFileSync(join(__dirname, '../../../docs/operations.md'), 'utf8');
  const row = page.split('\n').find((line) => line.startsWith(`| ${what} |`));
  return (row ?? '').split('|').slice(2, -1).map(Number);
}

/** All but heartbeats: on a busy machine any call may take a second. */
async function actionsOf(work: () => Promise<unknown>): Promise<Actions> {
  const { [HEARTBEAT]: _heartbeats, ...counted } = await server.actionsOf(work);
  return counted;
}

async function ofEach(work: (served: Served) => Promise<unknown>): Promise<readonly Actions[]> {
  return [await actionsOf(async () => await work(bench.ours)), await actionsOf(async () => await work(bench.bare))];
}

test('the example run is 4 actions, as the bare workflow: its start, two model calls and the answer', async () => {
  const counted = await ofEach(async (served) => await answer(await parkedRun(bench.client.temporal, served)));
  const example = { grpc_StartWorkflowExecution: 1, command_ScheduleActivityTask: 2, grpc_SignalWorkflowExecution: 1 };
  expect(counted).toEqual([example, example]);
  expect(documented('the example run, answered by a signal')).toEqual(counted.map(sum));
}, 60_000);

test('an answer by update is 1 action as by signal; so is one that is refused, and a look at the open questions', async () => {
  const run = bench.client.getHandler((await parkedRun(bench.client.temporal, bench.ours)).workflowId);
  const looked = await actionsOf(async () => await run.pendingInputs());
  expect(looked).toEqual({ grpc_QueryWorkflow: 1 });
  expect(documented('`pendingInputs`, `status`, `context`, a page of events')).toEqual([sum(looked)]);
  const refused = await actionsOf(async () => {
    await expect(run.respond('nobody', 'yes')).rejects.toMatchObject({ code: 'ANSWER_REFUSED' });
  });
  expect(refused).toEqual({ message_UpdateWorkflowExecution_Rejection: 1 });
  expect(documented('an answer by `respond`, taken or refused')).toEqual([sum(refused)]);
  const taken = await actionsOf(async () => {
    await run.respond((await run.pendingInputs())[0] ?? {}, ANSWER);
    await run.result();
  });
  expect(taken).toEqual({
    command_ScheduleActivityTask: 1,
    grpc_QueryWorkflow: 1,
    message_UpdateWorkflowExecution_Acceptance: 1,
  });
}, 60_000);

test('a deadline is 1 action more, by its timer', async () => {
  const { client, ours } = bench;
  const counted = await actionsOf(async () => {
    const input = { userMsg: USER_MESSAGE, timeout: '1 day' };
    const run = await client.run(QUESTION_RUN.ours, input, { taskQueue: ours.taskQueue });
    await questionIsOpen(client.temporal, run.workflowId);
    await run.cancel();
    await expect(run.result()).rejects.toMatchObject({ code: 'RUN_CANCELLED' });
  });
  expect(counted).toEqual({
    command_ScheduleActivityTask: 1,
    command_StartTimer: 1,
    grpc_StartWorkflowExecution: 1,
  });
  expect(documented('a `timeout`, of a wait or of the run')).toEqual([1]);
}, 60_000);

test('a turn is 2 actions, however long the conversation: its run hands it over to the model call', async () => {
  const perTurn = { short: [] as number[], long: [] as number[] };
  for (const kind of KINDS) {
    const talk = await startConversation(bench.client.temporal, bench[kind]);
    const turns = async (count: number): Promise<void> => {
      for (let turn = 0; turn < count; turn += 1) await talk.turn();
    };
    perTurn.short.push(sum(await actionsOf(async () => await turns(3))) / 3);
    await turns(7);
    perTurn.long.push(sum(await actionsOf(async () => await turns(3))) / 3);
    await talk.close();
  }
  expect(perTurn).toEqual({ short: [2, 2], long: [2, 2] });
  expect(documented('a turn of a conversation')).toEqual(perTurn.long);
}, 120_000);

test('a step with an activity tool is 2 actions: the model call and the tool', async () => {
  const counted = await actionsOf(async () => await growthOfRun({ client: bench.client.temporal }, bench.ours));
  // The last model call has no tool.
  expect(counted).toEqual({
    grpc_StartWorkflowExecution: 1,
    command_ScheduleActivityTask: 2 * STEPS + 1,
  });
  expect(documented('a step with an activity tool')).toEqual([2, 2]);
}, 120_000);

test('a model call that takes long is an action more for each second, by its heartbeats', async () => {
  let reply = (): void => undefined;
  const hold = new Promise<void>((resolve) => {
    reply = resolve;
  });
  const { model, ours, client } = bench;
  model.script((request, index) => ({ ...modelScript(request), ...(index === 0 ? { hold } : {}) }));
  const heartbeats = async (): Promise<number> => (await server.actions())[HEARTBEAT] ?? 0;
  const before = await heartbeats();
  const from = performance.now();
  const parked = parkedRun(client.temporal, ours);
  let counted = 0;
  while (counted < 4) counted = (await heartbeats()) - before;
  const seconds = (performance.now() - from) / 1000;
  reply();
  await answer(await parked);
  model.script(modelScript);
  expect(counted).toBeLessThanOrEqual(Math.ceil(seconds));
  expect(documented('each second of any other model call or activity tool')).toEqual([1]);
}, 60_000);
