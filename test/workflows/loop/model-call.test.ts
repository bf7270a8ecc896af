import { beforeAll, describe, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { agentPlugin, type AgentWorkerOptions } from '../../../src/worker';
import { implementations } from '../../fixtures/implementations';
import type { RunInput } from '../../../src/protocol';
import type { ScriptedReply } from '../../../src/testing';
import { calls, eventOfType, says, useTemporal, type TestTemporal } from '../../setup/temporal';

const queries: string[] = [];
const counting: Partial<AgentWorkerOptions> = {
  interceptors: {
    client: {
      workflow: [
        {
          query: async (input, next) => {
            queries.push(input.queryType);
            return await next(input);
          },
        },
      ],
    },
  },
};
const temporal = useTemporal(counting);
/** Each model call is made by another worker than the one that has the run, as far as what is handed over goes. */
const elsewhere = useTemporal();
beforeAll(async () => {
  await elsewhere.stopWorker();
  const workflows = require.resolve('../../fixtures/workflows');
  const { openai } = elsewhere;
  const worker = await Worker.create({
    connection: elsewhere.connection,
    taskQueue: elsewhere.taskQueue,
    workflowBundle: { codePath: process.env['COUNTERSIGN_TEST_BUNDLE'] as string },
    ...counting,
    plugins: [
      await agentPlugin({ workflows, tools: implementations, openai }),
      {
        name: 'what is handed over goes nowhere',
        configureWorker: (options) => ({
          ...options,
          sinks: { countersign: { passConversation: { fn: () => undefined, callDuringReplay: false } } },
        }),
      },
    ],
  });
  elsewhere.keepRunning(worker);
});

const LONG = 'long '.repeat(1000);
const add = (a: number): ReturnType<typeof calls> => calls(['add', { a, b: a }]);

/** Longer than what is written into the call: the agent, what it is given, and what its model says. */
const CONVERSATIONS: Readonly<Record<string, readonly [string, RunInput, readonly ScriptedReply[]]>> = {
  'of several steps': ['toolAgent', { userMsg: LONG }, [add(1), add(2), says('Sums.')]],
  'with a state prompt': ['statefulAgent', { userMsg: LONG }, [calls(['note', { text: 'hi' }]), says('Noted.')]],
  'that is cut in its middle': ['forgetfulAgent', { userMsg: LONG }, [add(1), add(2), says('Sums.')]],
  'with a summary of what came before': [
    'longSummarizingAgent',
    {
      userMsg: 'And?',
      chatHistory: [1, 2, 3, 4, 5, 6].flatMap((nth) => [
        { role: 'user', content: `${nth} ${LONG}` },
        { role: 'assistant', content: LONG },
      ]),
    },
    [says('They said a lot.'), says('Hello.')],
  ],
  'of an agent that a tool runs': [
    'headAgent',
    { userMsg: 'Work.' },
    [calls(['office', { request: LONG }]), calls(['note', { text: 'hi' }]), says('Noted.'), says('Done.')],
  ],
};

async function toldIn(where: TestTemporal, name: string): Promise<{ told: readonly unknown[]; asked: number }> {
  const [workflow, input, replies] = CONVERSATIONS[name] as (typeof CONVERSATIONS)[string];
  queries.length = 0;
  const run = await where.run(workflow, replies, input);
  await run.result();
  return { told: where.requests.map(({ messages }) => messages), asked: queries.length };
}

describe('a long conversation', () => {
  test.each(Object.keys(CONVERSATIONS))(
    '%s is told alike whether its run hands it over or is asked for it, and asked for only where it must',
    async (name) => {
      const handed = await toldIn(temporal, name);
      const read = await toldIn(elsewhere, name);
      expect(handed.told).toEqual(read.told);
      expect(handed.asked).toBe(0);
      expect(read.asked).toBeGreaterThan(0);
      expect(JSON.stringify(handed.told)).toContain(LONG);
    },
  );

  test('is asked for again by a second attempt, as the first has taken what was handed over', async () => {
    queries.length = 0;
    const run = await temporal.run('toolAgent', [add(1), { status: 500 }, says('Sums.')], LONG);
    await run.result();
    expect(queries).toEqual(['transcript']);
    expect(temporal.requests).toHaveLength(3);
    expect(temporal.requests[2]?.messages).toEqual(temporal.requests[1]?.messages);
  });

  test('is handed over by a run that was replayed', async () => {
    const run = await temporal.run('toolAgent', [calls(['confirm', { question: 'Go? ' }]), says('Gone.')], LONG);
    const question = await eventOfType(run, 'InputRequiredEvent');
    await temporal.stopWorker();
    await temporal.startWorker(counting);
    queries.length = 0;
    await run.respond(question, 'yes');
    await run.result();
    expect(queries).toEqual([]);
    expect(temporal.requests.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
  });
});
