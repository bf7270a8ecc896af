import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { encryptedDataConverter } from '../../src/encryption';
import { startDevServer } from '../../src/testing';
import { implement, type AgentWorkerOptions } from '../../src/worker';
import { lookUp } from '../fixtures/secret-agents';
import { keys } from '../setup/encryption';
import { calls, eventOfType, says, TestTemporal } from '../setup/temporal';

/** All that a run is told, says or does: each with a word that is nowhere else. */
const SECRETS = {
  userMessage: 'aardvark-message',
  reply: 'badger-reply',
  toolArguments: 'capybara-arguments',
  toolResult: 'dingo-result',
  toolFailure: 'echidna-failure',
  question: 'gecko-question',
  answer: 'heron-answer',
  updatedAnswer: 'ibis-updated-answer',
  refusedAnswer: 'jackal-refused-answer',
  stored: 'koala-stored',
  toolError: 'lemur-tool-error',
  workflowFailure: 'marmot-workflow-failure',
  memo: 'narwhal-memo',
  summary: 'ocelot-summary',
  conversation: 'puffin-conversation',
} as const;

/** Each of them in a run, on a server with a database; then what the database's files hold of them. */
async function foundAfterRuns(options: Partial<AgentWorkerOptions>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-encryption-'));
  const server = await startDevServer({
    ui: false,
    dbFilename: join(folder, 'temporal.db'),
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
  });
  const temporal = new TestTemporal();
  try {
    await temporal.start({ ...worker(), ...options }, server.address);
    await runAll(temporal);
  } finally {
    await temporal.stop();
    await server.stop();
  }
  const files = await readdir(folder);
  const bytes = Buffer.concat(await Promise.all(files.map((file) => readFile(join(folder, file)))));
  await rm(folder, { recursive: true });
  expect(bytes.includes('secretAgent')).toBe(true); // The run itself is in there.
  return Object.values(SECRETS).filter((secret) => bytes.includes(secret));
}

function worker(): Partial<AgentWorkerOptions> {
  const implementation = implement(lookUp, async ({ what }) => {
    if (what.startsWith('tool:')) throw new Error(SECRETS.toolFailure);
    return SECRETS.toolResult;
  });
  return {
    workflows: require.resolve('../fixtures/secret-agents'),
    workflowBundle: undefined as never,
    tools: [implementation],
  };
}

async function runAll(temporal: TestTemporal): Promise<void> {
  const run = await temporal.run(
    'secretAgent',
    [
      calls(
        ['look_up', { what: SECRETS.toolArguments }],
        ['note', { text: SECRETS.stored }],
        ['tell', { what: SECRETS.toolError }],
      ),
      calls(['confirm', { question: SECRETS.question }]),
      calls(['confirm', { question: 'And again?' }]),
      says(SECRETS.reply),
      says('Again.'),
    ],
    { userMsg: SECRETS.userMessage, conversation: true },
    { memo: { note: SECRETS.memo }, staticSummary: SECRETS.summary },
  );
  const first = await eventOfType(run, 'InputRequiredEvent');
  await run.sendEvent({ type: 'HumanResponseEvent', inputId: first.inputId as string, response: SECRETS.answer });
  const second = await eventOfType(run, 'InputRequiredEvent', first.seq);
  await run.sendEvent({ type: 'HumanResponseEvent', inputId: 'nobody', response: SECRETS.refusedAnswer });
  await eventOfType(run, 'AnswerRefused');
  await run.respond(second, SECRETS.updatedAnswer);
  await run.sendMessage(SECRETS.conversation);
  await run.close();
  await run.result();

  const again = await temporal.run('secretAgent', [says('Done.')], { userMsg: 'Go on.', context: await run.context() });
  await again.result();
  for (const secret of [SECRETS.workflowFailure, `tool:${SECRETS.workflowFailure}`]) {
    const failing = await temporal.run('tattler', [], secret);
    await expect(failing.result()).rejects.toMatchObject({ code: 'RUN_FAILED' });
  }
}

test('without encryption the database holds every word of a run, so that the next test can fail', async () => {
  expect(await foundAfterRuns({})).toEqual(Object.values(SECRETS));
}, 60_000);

test('with encryption the database holds no word of a run', async () => {
  expect(await foundAfterRuns({ dataConverter: encryptedDataConverter(keys('k1')) })).toEqual([]);
}, 60_000);
