import { afterAll, expect, test } from '@jest/globals';
import type { ActivateInput } from '@temporalio/workflow';
import { withoutReadingAhead } from '../../../src/workflows/guard/read-ahead';
import { allEvents, calls, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const stops: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

interface Given {
  readonly begun: number;
  readonly length: number;
  readonly job?: string;
  readonly isReplaying?: boolean;
}

/** One copy of a run: gives it a task, and says whether its code was given the news. */
function copyOfRun(runId: string = crypto.randomUUID(), spoil = (): void => undefined): (given: Given) => boolean {
  const { activate, concludeActivation } = withoutReadingAhead(spoil);
  return ({ begun, length, job = 'signalWorkflow', isReplaying = false }) => {
    let isGiven = false;
    const task = { timestamp: { seconds: begun, nanos: 0 }, historySizeBytes: begun, historyLength: length };
    const activation = { ...task, runId, isReplaying, jobs: [{ [job]: {} }] };
    activate?.({ activation, batchIndex: 0 } as unknown as ActivateInput, () => void (isGiven = true));
    const commands = job === 'doUpdate' ? [{ updateResponse: { rejected: {} } }] : [];
    concludeActivation?.({ commands }, (input) => input);
    return isGiven;
  };
}

test('a query with news that no workflow task has brought fails; asked for the sixth time it is answered without', () => {
  const runId = crypto.randomUUID();
  for (let time = 1; time <= 5; time += 1) {
    const give = copyOfRun(runId);
    expect(give({ begun: 1, length: 3 })).toBe(true);
    expect(() => give({ begun: 1, length: 5 })).toThrow('ask again');
  }
  let spoiled = 0;
  const give = copyOfRun(runId, () => void (spoiled += 1));
  expect(give({ begun: 1, length: 3 })).toBe(true);
  expect(give({ begun: 1, length: 5 })).toBe(false);
  expect(give({ begun: 1, length: 5, job: 'resolveActivity' })).toBe(false);
  expect(give({ begun: 1, length: 5, job: 'queryWorkflow' })).toBe(true);
  expect(give({ begun: 1, length: 6 })).toBe(false);
  expect(spoiled).toBe(1);
  expect(() => give({ begun: 2, length: 7 })).toThrow('Nothing is lost');
});

test('after a refused update, whose task is taken back, a query with other news in its place fails', () => {
  const give = copyOfRun();
  expect(give({ begun: 1, length: 9 })).toBe(true);
  expect(give({ begun: 2, length: 12, job: 'doUpdate' })).toBe(true);
  expect(() => give({ begun: 2, length: 12 })).toThrow('ask again');

  const next = copyOfRun();
  expect(next({ begun: 2, length: 12, job: 'doUpdate' })).toBe(true);
  expect(next({ begun: 3, length: 12 })).toBe(true);
});

test('tasks one after the other are given, and so is all of one task, and a replay', () => {
  const give = copyOfRun();
  expect(give({ begun: 1, length: 3 })).toBe(true);
  expect(give({ begun: 2, length: 7 })).toBe(true);
  expect(give({ begun: 2, length: 7, job: 'resolveActivity' })).toBe(true);
  expect(give({ begun: 3, length: 9, job: 'queryWorkflow' })).toBe(true);
  expect(() => give({ begun: 3, length: 11 })).toThrow('ask again');

  const replay = copyOfRun();
  expect(replay({ begun: 1, length: 3, isReplaying: true })).toBe(true);
  expect(replay({ begun: 1, length: 5, isReplaying: true })).toBe(true);
});

test('a run that was terminated before its last answer was taken shows what it did, and not what it would have done', async () => {
  const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'a?' }]), says('Done.')]);
  await eventOfType(run, 'InputRequiredEvent');
  await temporal.stopWorker();
  await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes' });
  await temporal.client.temporal.workflow.getHandle(run.workflowId).terminate('enough');
  await temporal.startWorker();
  const types = (await allEvents(run)).map(({ type }) => type);
  expect(types).toEqual([
    'AgentInput',
    'AgentOutput',
    'ToolCall',
    'InputRequiredEvent',
    'StopEvent/WorkflowCancelledEvent',
  ]);
}, 60_000);
