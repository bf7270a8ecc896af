import { afterAll, expect, test } from '@jest/globals';
import { type DevServer, startDevServer } from '../../src/testing';
import { calls, eventOfType, says, TestTemporal, useTemporal } from '../setup/temporal';

const here = useTemporal();
const there = new TestTemporal();
let server: DevServer | undefined;

afterAll(async () => {
  await there.stop();
  await server?.stop();
});

test('a context exported in the middle of a question is answered on another server', async () => {
  const first = await here.run('dangerousAgent', [calls(['dangerous_task'])], 'I want to proceed.');
  const question = await eventOfType(first, 'InputRequiredEvent');
  const exported = JSON.stringify(await first.context());
  await first.cancel();

  server = await startDevServer({ ui: false, env: { ...process.env, TEMPORAL_ADDRESS: undefined } });
  expect(server.address).not.toBe(process.env['TEMPORAL_ADDRESS']);
  await there.start({}, server.address);
  const second = await there.run('dangerousAgent', [says('All done.')], { context: JSON.parse(exported) as unknown });
  expect(await eventOfType(second, 'InputRequiredEvent')).toMatchObject({ inputId: question.inputId });
  await second.respond(question, { response: 'yes', user_name: 'Laurie' });
  expect(String(await second.result())).toBe('All done.');
  expect(there.requests[0]?.messages.at(-1)).toMatchObject({
    role: 'tool',
    content: 'Dangerous task completed successfully.',
  });
});
