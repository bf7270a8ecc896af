import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startDevServer } from '../../src/testing';
import { freePort } from '../../src/testing/free-port';
import { allEvents, calls, EXAMPLE_STREAM, eventOfType, says, TestTemporal } from '../setup/temporal';

test('a server that is stopped and started again: watchers go on, and see each event once', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-restart-'));
  const options = {
    port: await freePort(),
    ui: false,
    dbFilename: join(folder, 'temporal.db'),
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
  };
  let server = await startDevServer(options);
  const temporal = new TestTemporal();
  await temporal.start({}, server.address);
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const watching = [0, 1].map(async () => await allEvents(run));
  const question = await eventOfType(run, 'InputRequiredEvent');
  await server.stop();
  server = await startDevServer(options);
  await run.sendEvent({
    type: 'HumanResponseEvent',
    inputId: question.inputId as string,
    response: 'yes',
    user_name: 'Laurie',
  });
  for (const events of await Promise.all(watching)) expect(events.map(({ type }) => type)).toEqual(EXAMPLE_STREAM);
  await temporal.stop();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}, 90_000);
