import { afterEach, expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../src/client';
import type { ModelScript } from '../../src/testing';
import { HeldTask, MOVE } from '../setup/held-task';
import { isWhole, linksOf, useShortLinks } from '../setup/links';
import { calls, says } from '../setup/temporal';
import { ASKED_AGAIN, failedTask, useVersions, type VersionName } from './versions';

const move = new HeldTask(MOVE);
const temporal = useShortLinks({ worker: move.options });
const versions = useVersions('v1', 'smallTeam');
const MESSAGES = 12;

afterEach(async () => {
  move.release();
  await temporal.stopWorker();
  await temporal.startWorker(move.options);
});

/** A conversation that has gone on in a second link, of which no worker has seen anything yet, and has more to do. */
async function movedUnseen(workflow: string, script: ModelScript): Promise<WorkflowHandler> {
  const run = await temporal.run(workflow, script, { userMsg: 'm0', conversation: true }, ASKED_AGAIN);
  const held = move.hold();
  for (let turn = 1; turn < MESSAGES; turn += 1) await run.sendMessage(`m${turn}`);
  await held;
  const stopped = temporal.stopWorker();
  move.release();
  await stopped;
  return run;
}

/** Have a worker of another version come upon the run, and then one that knows it again. @returns What the other said. */
async function meet(run: WorkflowHandler, name: VersionName): Promise<string> {
  const other = await temporal.startWorker({ ...versions[name], ...move.options });
  const said = await failedTask(temporal, run);
  await run.sendMessage('meanwhile');
  await run.close();
  await temporal.stopWorker(other);
  await temporal.startWorker(move.options);
  return said;
}

async function expectNothingLost(run: WorkflowHandler): Promise<void> {
  const links = await linksOf(temporal, run);
  expect(links.length).toBeGreaterThan(1);
  const events = links.flatMap((link) => link.events);
  expect(isWhole(events)).toBe(true);
  const turns = events
    .filter(({ type }) => type === 'TurnEnded')
    .map(({ result }) => (result as { response: string }).response);
  const messages = [...Array.from({ length: MESSAGES }, (_none, nth) => `m${nth}`), 'meanwhile'];
  expect(turns).toEqual(messages.map((message) => `re ${message}`));
}

test('a link that comes to a worker without its workflow stands still, and goes on with one that has it', async () => {
  const run = await movedUnseen('toolAgent', ({ messages }) => says(`re ${String(messages.at(-1)?.content)}`));
  expect(await meet(run, 'v1')).toMatch(/toolAgent/);
  expect(String(await run.result())).toBe('re meanwhile');
  await expectNothingLost(run);
}, 60_000);

test('a link that comes to a worker of an older version stands still, says what is missing, and goes on with one that has it', async () => {
  const run = await movedUnseen('teamAgent', ({ messages }) => {
    if (messages.at(-1)?.content === 'm0') return calls(['handoff', { to_agent: 'B', reason: 'x' }]);
    const asked = messages.findLast(({ role }) => role === 'user');
    return says(`re ${String(asked?.content)}`);
  });
  expect(await meet(run, 'smallTeam')).toMatch(/its agent "B" is none of teamAgent's \(A, C\).*Deploy a worker/);
  expect(await run.result()).toMatchObject({ response: 're meanwhile', agent: 'B' });
  await expectNothingLost(run);
}, 60_000);
