import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';
import { reset } from '../setup/reset';
import { temporalCli } from '../setup/temporal-cli';
import {
  calls,
  eventOf,
  eventOfType,
  json,
  questionsOf,
  says,
  useTemporal,
  type TestTemporal,
} from '../setup/temporal';

const folder = join(__dirname, 'histories');
const bundle = (): { codePath: string } => ({ codePath: process.env['COUNTERSIGN_TEST_BUNDLE'] as string });

async function replay(history: unknown): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: bundle() }, history);
}

describe('runs that were recorded go on under today’s code', () => {
  test.each(readdirSync(folder))('%s', async (file) => {
    await replay(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  });
});

/**
 * Recorded by code that took an unnamed answer twice, and had an early event use up an answerId. The last answer names its
 * question as if it had had other words.
 */
test('what was decided when it came stands in a replay, where it is decided otherwise today', async () => {
  await replay(JSON.parse(readFileSync(join(folder, 'answers-of-before.json'), 'utf8')));
});

test('a change that would break a recorded run is found', async () => {
  const text = readFileSync(join(folder, 'example-yes.json'), 'utf8');
  const history: unknown = JSON.parse(text.replaceAll('"callModel"', '"askModel"'));
  await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
});

test('the places of quiet tasks are in a history, and it is replayed without what wrote them', async () => {
  const text = readFileSync(join(folder, 'quiet-tasks.json'), 'utf8');
  expect(text.match(/"EVENT_TYPE_MARKER_RECORDED"/g)).toHaveLength(2);
  await Worker.runReplayHistory({ workflowBundle: await plainBundle() }, JSON.parse(text));
});

test('the order of what a reset sent again is in a history, and a worker that does not keep it stops', async () => {
  const history: unknown = JSON.parse(readFileSync(join(folder, 'reset.json'), 'utf8'));
  const replayed = Worker.runReplayHistory({ workflowBundle: await plainBundle() }, history);
  await expect(replayed).rejects.toThrow(DeterminismViolationError);
});

/** Without our plugin. */
async function plainBundle(): Promise<{ readonly code: string }> {
  return await bundleWorkflowCode({
    workflowsPath: require.resolve('../fixtures/workflows'),
    logger: new DefaultLogger('ERROR'),
  });
}

/** Set RECORD_HISTORIES=1 to record the shapes again, after a release that changed them on purpose. */
const shapes: Readonly<Record<string, (temporal: TestTemporal) => Promise<WorkflowHandler>>> = {
  'example-yes': async (temporal) => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
    await eventOfType(run, 'InputRequiredEvent');
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', user_name: 'Laurie' });
    return run;
  },
  'refusals-and-updates': async (temporal) => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
    await eventOfType(run, 'InputRequiredEvent');
    await temporal.signalRaw(run.workflowId, 'HumanResponseEvent', json(null));
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', user_name: 'Mallory' });
    await run.respond({}, { response: 'no', user_name: 'Laurie' });
    return run;
  },
  reset: async (temporal) => {
    const replies = [calls(['count_if_yes', { name: 'recorded' }]), says('All done.')];
    const run = await temporal.run('toolAgent', ({ messages }) => replies[messages.at(-1)?.role === 'tool' ? 1 : 0]);
    const asked = await eventOfType(run, 'InputRequiredEvent');
    await run.respond(asked, 'no');
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', inputId: asked.inputId as string });
    await eventOfType(run, 'AnswerRefused');
    await reset(temporal, run, 5);
    const again = temporal.client.getHandler(run.workflowId);
    const [, last] = await questionsOf(again, 2);
    await again.respond(last as AnyEvent, 'nothing');
    return again;
  },
  'quiet-tasks': async (temporal) => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
    let { seq } = await eventOfType(run, 'InputRequiredEvent');
    for (const name of ['Mallory', 'Bo', 'Ann', 'Eve']) {
      await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', user_name: name });
      ({ seq } = await eventOfType(run, 'AnswerRefused', seq));
    }
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'yes', user_name: 'Laurie' });
    return run;
  },
  'parallel-timeout-activity': async (temporal) => {
    const run = await temporal.run('toolAgent', [
      calls(['twice'], ['hurry'], ['send_email', { to: 'a' }], ['approve_refund', { amount: 3 }], ['nope']),
      says('Done.'),
    ]);
    const questions = await questionsOf(run, 3);
    const refund = questions.find(({ type }) => type.endsWith('RefundApproval'));
    await run.respond(refund as { inputId: string }, { approved: true });
    await run.respond(questions.find(({ prefix }) => prefix === 'name? ') as { inputId: string }, 'Ann');
    await run.respond(await eventOf(run, ({ prefix }) => prefix === 'age? '), '42');
    return run;
  },
  cancelled: async (temporal) => {
    const run = await temporal.run('dangerousAgent', [calls(['dangerous_task'])]);
    await eventOfType(run, 'InputRequiredEvent');
    await run.cancel();
    return run;
  },
  'nested-agents': async (temporal) => {
    const run = await temporal.run('headAgent', [
      calls(['office', { request: 'Ask.' }], ['add', { a: 1, b: 2 }]),
      calls(['clerk', { request: 'Ask.' }]),
      calls(['confirm', { question: 'Sure? ' }]),
      says('Asked.'),
      says('Done.'),
      says('All done.'),
    ]);
    await run.respond(await eventOfType(run, 'InputRequiredEvent'), 'yes');
    return run;
  },
  'conversation-with-summaries': async (temporal) => {
    const long = 'x'.repeat(400);
    const run = await temporal.run(
      'summarizingAgent',
      ({ messages }) => says(String(messages.at(-1)?.content).startsWith('Summarize') ? 'They said x.' : long),
      { userMsg: long, conversation: true },
    );
    for (let turn = 1; turn < 4; turn += 1) await run.sendMessage(long);
    await run.close();
    return run;
  },
  'later-link': async (temporal) => {
    const open = { maxIterations: 20, earlyStoppingMethod: 'force', step: 7, used: 3, toolCalls: [], calls: [] };
    const messages = [{ role: 'user', content: 'Go.' }];
    const context = { version: 2, workflow: 'toolAgent', agent: 'toolAgent', messages, state: { note: 'kept' }, open };
    const last = { result: { response: 'before', agent: 'toolAgent', toolCalls: [] } };
    const conversation = { turn: 4, last, queued: ['next'], taken: 4, isClosed: true };
    const deadline = new Date(Date.now() + 3_600_000).toISOString();
    const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'Sure? ' }]), says('a'), says('b')], {
      conversation: true,
      timeout: '2 hours',
      carried: { context, events: 40, step: 7, deadline, conversation },
    });
    await run.respond(await eventOfType(run, 'InputRequiredEvent'), 'yes');
    return run;
  },
  'hand-written': async (temporal) => {
    const run = await temporal.client.run('expenseReport', { amount: 12 }, { taskQueue: temporal.taskQueue });
    await run.sendEvent({ type: 'PaymentReceived', amount: 12 });
    for (const role of ['manager', 'finance']) {
      await run.respond(await eventOf(run, (event) => event['role'] === role), { approved: true, role });
    }
    return run;
  },
};

if (process.env['RECORD_HISTORIES'] === '1') {
  const temporal = useTemporal();
  test.each(Object.keys(shapes))('record %s', async (name) => {
    const run = await (shapes[name] as (temporal: TestTemporal) => Promise<WorkflowHandler>)(temporal);
    await run.result().catch(() => undefined);
    const history = await temporalCli('workflow', 'show', '--workflow-id', run.workflowId, '--output', 'json');
    writeFileSync(join(folder, `${name}.json`), history.replaceAll(`${join(__dirname, '../..')}/`, ''));
  });
} else {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
}
