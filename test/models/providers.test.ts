import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { PROVIDER_RULES } from '../../src/testing/rules';
import { startScriptedModel } from '../../src/testing';
import { says, TestTemporal } from '../setup/temporal';

const temporal = new TestTemporal();
beforeAll(async () => {
  await temporal.start();
  await temporal.stopWorker();
});
afterEach(async () => await temporal.stopWorker());
afterAll(async () => await temporal.stop());

/** With ids as the provider makes them. */
const calling = (...toolCalls: readonly { readonly name: string; readonly arguments: object }[]): object => ({
  toolCalls,
});

test.each(PROVIDER_RULES)('agents work under the rules of %s without a setting', async (rules) => {
  const model = await startScriptedModel({ rules });
  const client = new OpenAI({ apiKey: 'scripted', baseURL: model.url });
  const models = { scripted: { client }, quick: { client }, careful: { client } };
  await temporal.startWorker({ models });
  const play = async (
    workflow: string,
    replies: Parameters<typeof model.script>[0],
    input: object,
  ): Promise<unknown> => {
    model.script(replies);
    const run = await temporal.client.run(workflow, { userMsg: 'Go.', ...input }, { taskQueue: temporal.taskQueue });
    return await run.result();
  };
  const odd = calling(
    { name: 'silent', arguments: {} },
    { name: 'multi_tool_use.parallel', arguments: {} },
    { name: 'find_page', arguments: {} },
  );

  expect(
    await play(
      'exactAgent',
      [odd, { content: '' }, calling({ name: 'wait', arguments: { days: '1' } }), says('Done.')],
      {
        chatHistory: [
          { role: 'assistant', content: 'Hello.' },
          { role: 'system', content: 'Be brief.' },
        ],
      },
    ),
  ).toMatchObject({ response: 'Done.' });
  expect(
    await play('exactAgent', [odd, says('As good as I can.')], { maxIterations: 1, earlyStoppingMethod: 'generate' }),
  ).toMatchObject({
    response: 'As good as I can.',
  });
  const toExpert = calling({ name: 'handoff', arguments: { to_agent: 'expert', reason: 'hard' } });
  expect(await play('helpDeskAgent', [toExpert, says('Solved.')], {})).toMatchObject({ response: 'Solved.' });
  expect(
    await play('personAgent', [says('It is Ann.'), says('```json\n{"name":"Ann","age":42}\n```')], {}),
  ).toMatchObject({
    structuredResponse: { name: 'Ann', age: 42 },
  });
  await model.close();
});
