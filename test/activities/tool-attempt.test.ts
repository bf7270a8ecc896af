import { beforeEach, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/common';
import type { WorkflowHandler } from '../../src/client';
import { slowCalls, whenSlowCalls } from '../fixtures/implementations';
import { calls, eventOf, says, useTemporal } from '../setup/temporal';
import { temporalCli } from '../setup/temporal-cli';

/** One at a time, and none has long to end when the worker does. */
const options = { maxConcurrentActivityTaskExecutions: 1, shutdownGraceTime: 100 };
const temporal = useTemporal(options);
beforeEach(() => void slowCalls.splice(0));

async function operate(run: WorkflowHandler, verb: string, id = '1.0.0', ...more: readonly string[]): Promise<void> {
  await temporalCli('activity', verb, '--workflow-id', run.workflowId, '--activity-id', id, ...more);
}

async function outputOf(run: WorkflowHandler, toolId = 'call_1'): Promise<unknown> {
  const isResult = ({ type, toolId: id }: { type: string; toolId?: unknown }): boolean =>
    type === 'ToolCallResult' && id === toolId;
  return (await eventOf(run, isResult))['toolOutput'];
}

async function whenInterrupted(): Promise<void> {
  const signal = slowCalls[0]?.temporals as AbortSignal;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

async function runningSlow(): Promise<WorkflowHandler> {
  const run = await temporal.run('toolAgent', [calls(['slow']), says('Done.')]);
  await whenSlowCalls(1);
  return run;
}

test.each(['pause', 'reset'])('an operator’s %s does not interrupt a tool that is to run once', async (verb) => {
  const run = await runningSlow();
  await operate(run, verb);
  await whenInterrupted();
  expect(slowCalls[0]?.signal.aborted).toBe(false);
  slowCalls[0]?.finish();
  expect(await outputOf(run)).toBe('slowly');
  await run.result();
  expect(slowCalls).toHaveLength(1);
});

test.each(['pause', 'reset'])(
  'one that lets itself be interrupted by %s is not run again, and says so',
  async (verb) => {
    const run = await runningSlow();
    await operate(run, verb);
    await whenInterrupted();
    slowCalls[0]?.fail(new CancelledFailure('as Context.current().cancelled does'));
    expect(await outputOf(run)).toMatch(
      /stopped while it ran.*operator (paused|reset).*may or may not have taken effect/,
    );
    await run.result();
    expect(slowCalls).toHaveLength(1);
  },
);

test('an attempt that Temporal was told to allow is refused after one that was lost', async () => {
  const run = await runningSlow();
  await operate(run, 'update-options', '1.0.0', '--retry-maximum-attempts', '5');
  await temporal.stopWorker();
  await temporal.startWorker(options);
  expect(await outputOf(run)).toMatch(/was not run.*may or may not have taken effect/);
  await run.result();
  expect(slowCalls).toHaveLength(1);
});

test('a failure is told in its own words, and not retried, whatever Temporal was told to allow', async () => {
  const run = await runningSlow();
  await operate(run, 'update-options', '1.0.0', '--retry-maximum-attempts', '5');
  slowCalls[0]?.fail(new Error('the disk is full'));
  expect(await outputOf(run)).toBe('the disk is full');
  await run.result();
  expect(slowCalls).toHaveLength(1);
});

test.each([
  ['unpause', []],
  ['unpause', ['--reset-attempts', '--reset-heartbeats']],
  ['reset', ['--reset-heartbeats']],
])('an attempt that %s %j scheduled anew is refused: nobody can know whether it is the first', async (verb, flags) => {
  const run = await temporal.run('toolAgent', [calls(['slow'], ['slow']), says('Done.')]);
  await whenSlowCalls(1);
  const [waiting, putOff, other] =
    slowCalls[0]?.id === '1.0.0' ? ['1.1.0', 'call_2', 'call_1'] : ['1.0.0', 'call_1', 'call_2'];
  await operate(run, 'pause', waiting);
  await operate(run, verb, waiting, ...flags);
  slowCalls[0]?.finish();
  expect(await outputOf(run, putOff)).toMatch(/was not run.*put off.*may or may not have taken effect/);
  expect(await outputOf(run, other)).toBe('slowly');
  await run.result();
  expect(slowCalls).toHaveLength(1);
});
