import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { PendingInput } from '../../src/protocol';
import { countersign, ownQueue, Program } from '../cli/program';
import { shellWords, temporalCli, temporalCliJson } from '../setup/temporal-cli';

const ROOT = join(__dirname, '../..');
const README = readFileSync(join(ROOT, 'examples/expense-report/README.md'), 'utf8');
const CHECK = join(ROOT, 'build/examples/expense-report/check.js');
const WORKFLOWS = join(ROOT, 'build/examples/workflows.js');
const DAY_MS = 24 * 3600 * 1000;
const TRIP = { amount: 1200, currency: 'EUR', purpose: 'Train to Lyon' };

/** The README's commands, in order, of a run and on a task queue of a test's own. */
function commands(workflowId: string, taskQueue: string): readonly (readonly string[])[] {
  const own = new Map([
    ['e1', workflowId],
    ['countersign', taskQueue],
  ]);
  return [...README.matchAll(/^temporal (.*)$/gm)].map(([, line = '']) =>
    shellWords(line).map((word) => own.get(word) ?? word),
  );
}

describe('npm run example:expense', () => {
  test('starts a Temporal server where none is named, plays every outcome on it, and ends well', async () => {
    const { code, stdout, stderr } = await new Program(CHECK, [], { env: { TEMPORAL_ADDRESS: undefined } }).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const statuses = [...stdout.matchAll(/"status":"(\w+)"/g)].map(([, status]) => status);
    expect(statuses).toEqual(['paid', 'paid', 'refused', 'expired']);
    expect(stdout).toMatch(/^ +2 {2}AnswerRefused .*takes only an answer with \{"role":"manager"\}/m);
    expect(stdout).toMatch(/refused as invalid: .*"approved": Expected boolean but received "perhaps"/);
    expect(stdout).toMatch(/\n\nAll as promised\.\n$/);
  });

  test('what goes wrong is one line, and an exit code that is not 0', async () => {
    const { code, stdout, stderr } = await new Program(CHECK, [], { env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^expense-report: No Temporal server answers at 127\.0\.0\.1:1: .*\n$/);
  });
});

describe('the README’s commands', () => {
  test('play a report from its start to its payment with the Temporal CLI alone', async () => {
    const taskQueue = ownQueue();
    const dev = countersign(['dev', WORKFLOWS, '--task-queue', taskQueue]);
    await dev.prints('\nready ');
    const [start = [], query = [], byFinance = [], byManager = [], payment = [], result = [], byIntern = []] = commands(
      `expense-${crypto.randomUUID()}`,
      taskQueue,
    );
    await temporalCli(...start);
    const { queryResult } = (await temporalCliJson(...query)) as { queryResult: readonly [readonly PendingInput[]] };
    const [pending] = queryResult;
    expect(pending).toMatchObject([
      { requirements: { role: 'manager' }, expectedType: 'HumanResponseEvent/ExpenseDecision', event: TRIP },
      { requirements: { role: 'finance' }, expectedType: 'HumanResponseEvent/ExpenseDecision', event: TRIP },
    ]);
    const [{ askedAt, deadline = '' }] = pending as readonly [PendingInput];
    expect(Date.parse(deadline) - Date.parse(askedAt)).toBe(14 * DAY_MS);
    const named = (words: readonly string[]): readonly string[] =>
      words.map((word) =>
        word.replace(/<of (?:the )?(\w+)>/, (_name, role) => {
          return pending.find(({ requirements }) => requirements['role'] === role)?.inputId ?? '';
        }),
      );
    await temporalCli(...named(byFinance));
    await expect(temporalCli(...named(byIntern))).rejects.toThrow(/takes only an answer with/);
    await temporalCli(...named(byManager));
    await temporalCli(...payment);
    expect(await temporalCliJson(...result)).toMatchObject({
      status: 'COMPLETED',
      result: {
        status: 'paid',
        decisions: [
          { role: 'finance', approved: true },
          { role: 'manager', approved: true, comment: 'Enjoy Lyon.' },
        ],
        reference: 'SEPA-4711',
      },
    });
    dev.kill('SIGTERM');
    await dev.ended;
  });
});
