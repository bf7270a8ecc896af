import { describe, expect, test } from '@jest/globals';
import { AgentClient } from '../../src/client';
import { InputRequiredEvent } from '../../src/protocol';
import { freePort } from '../../src/testing/free-port';
import { accepts } from '../testing/accepts';
import { countersign, EXAMPLE, ownQueue, Program, WORKER } from './program';

async function runExample(taskQueue: string): Promise<string> {
  const client = await AgentClient.connect();
  try {
    const handler = await client.run('dangerousAgent', 'I want to proceed with the dangerous task.', { taskQueue });
    for await (const event of handler.streamEvents()) {
      if (InputRequiredEvent.is(event)) await handler.respond(event, { response: 'yes', user_name: 'Laurie' });
    }
    return String(await handler.result());
  } finally {
    await client.close();
  }
}

describe('countersign dev', () => {
  test('says in one line when all is up, and takes all of it down on Ctrl-C', async () => {
    const args = ['dev', EXAMPLE, '--task-queue', ownQueue(), '--port', String(await freePort())];
    const program = countersign(args);
    await program.prints('\nready ', '\n');
    const [, address = '', uiUrl = ''] =
      /^ready (127\.0\.0\.1:\d+) (http:\/\/127\.0\.0\.1:\d+)$/m.exec(program.stdout) ?? [];
    expect(await accepts(address)).toBe(true);
    expect((await fetch(uiUrl)).status).toBe(200);
    const model = /^Model .*(http:\S+)/m.exec(program.stdout)?.[1] ?? '';
    program.kill('SIGINT');
    const { code, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    for (const gone of [address, new URL(uiUrl).host, new URL(model).host]) expect(await accepts(gone)).toBe(false);
  });

  test('serves the module on a server that is there', async () => {
    const taskQueue = ownQueue();
    const program = countersign(['dev', EXAMPLE, '--task-queue', taskQueue]);
    await program.prints(`ready ${process.env['TEMPORAL_ADDRESS']}`);
    expect(await runExample(taskQueue)).toContain('Dangerous task completed successfully.');
    program.kill('SIGTERM');
    expect((await program.ended).code).toBe(143);
  });
});

describe('npm run worker', () => {
  test('serves the examples on the task queue it is told, says when it is ready, and ends gracefully', async () => {
    const taskQueue = ownQueue();
    const program = new Program(WORKER, [], { env: { COUNTERSIGN_TASK_QUEUE: taskQueue } });
    await program.prints(`ready: task queue ${taskQueue}, scripted model (OPENAI_API_KEY is not set)`);
    expect(await runExample(taskQueue)).toContain('Dangerous task completed successfully.');
    program.kill('SIGTERM');
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  test.each([
    [
      'no Temporal server at the address',
      { TEMPORAL_ADDRESS: '127.0.0.1:1' },
      /No Temporal server answers at 127\.0\.0\.1:1/,
    ],
    ['no such namespace', { TEMPORAL_NAMESPACE: 'nowhere' }, /no namespace "nowhere"/],
  ])('%s is one line, and an exit code that is not 0', async (_what, env, says) => {
    const { code, stderr } = await new Program(WORKER, [], { env }).ended;
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('worker: '));
    expect(lines).toEqual([expect.stringMatching(says)]);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });
});
