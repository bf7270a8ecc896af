import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ProductionServer, startProductionServer } from '../../tools/production/production-server';
import { allEvents, calls, EXAMPLE_STREAM, eventOfType, says, TestTemporal } from '../setup/temporal';

const folder = mkdtempSync(join(tmpdir(), 'countersign-paused-'));
const temporal = new TestTemporal();
let server: ProductionServer;

beforeAll(async () => {
  server = await startProductionServer({ folder, dynamicConfig: { 'frontend.WorkflowPauseEnabled': true } });
  await temporal.start({}, server.address);
}, 15 * 60_000);
afterAll(async () => {
  await temporal.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const ANSWER = { response: 'yes', user_name: 'Laurie' };

async function pauseRun(workflowId: string, isPaused: boolean): Promise<void> {
  const { workflowService, options } = temporal.client.temporal;
  const request = { namespace: options.namespace, workflowId, reason: 'a test', requestId: crypto.randomUUID() };
  if (isPaused) await workflowService.pauseWorkflowExecution(request);
  else await workflowService.unpauseWorkflowExecution(request);
}

async function parked() {
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('Done.')]);
  const question = await eventOfType(run, 'InputRequiredEvent');
  await pauseRun(run.workflowId, true);
  return { run, question };
}

test('a paused run says so at once to all that asks, and takes no answer', async () => {
  const { run, question } = await parked();
  const paused = {
    code: 'RUN_PAUSED',
    message: expect.stringContaining('unpause'),
    details: { workflowId: run.workflowId },
  };
  const askedAt = Date.now();
  for (const ask of [
    () => run.status(),
    () => run.pendingInputs(),
    () => run.context(),
    () => run.respond(question, ANSWER),
  ]) {
    await expect(ask()).rejects.toMatchObject(paused);
  }
  expect(Date.now() - askedAt).toBeLessThan(5000);
  await pauseRun(run.workflowId, false);
  expect(await run.pendingInputs()).toHaveLength(1);
  await run.respond(question, ANSWER);
  expect(String(await run.result())).toBe('Done.');
}, 60_000);

test('watchers of a paused run wait, early and late ones, and a signal is kept', async () => {
  const { run, question } = await parked();
  const late = allEvents(temporal.client.getHandler(run.workflowId));
  const waiting = run.result();
  await run.sendEvent({ ...ANSWER, type: 'HumanResponseEvent', inputId: question.inputId as string });
  const early = allEvents(run, question.seq);
  const stillWaits = Symbol('still waits');
  // Longer than a reader waits before it asks a second time.
  const first = await Promise.race([late, early, waiting, setTimeout(4000, stillWaits)]);
  expect(first).toBe(stillWaits);
  await pauseRun(run.workflowId, false);
  expect(String(await waiting)).toBe('Done.');
  expect((await late).map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
  expect((await early).map(({ type }) => type)).toEqual(EXAMPLE_STREAM.slice(4));
}, 60_000);
