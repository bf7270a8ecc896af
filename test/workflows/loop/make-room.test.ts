import { expect, test } from '@jest/globals';
import { allEvents, calls, eventOfType, says, useTemporal } from '../../setup/temporal';

const temporal = useTemporal();
const told = (nth: number): readonly unknown[] =>
  (temporal.requests[nth]?.messages ?? []).map(({ role, content }) => `${role}: ${String(content)}`);

test('what does not fit into the memory is dropped, and the stream says from where on the model is told', async () => {
  const run = await temporal.run(
    'forgetfulAgent',
    [calls(['add', { a: 1, b: 1 }]), calls(['add', { a: 2, b: 2 }]), says('Sums.')],
    {
      userMsg: 'Add.',
      chatHistory: [
        { role: 'user', content: 'Before.' },
        { role: 'assistant', content: 'x'.repeat(100) },
      ],
    },
  );
  await run.result();
  expect(told(0)).toEqual(['user: Add.']);
  expect(told(2)).toEqual(['user: Add.', 'assistant: null', 'tool: 4']);
  const inputs = (await allEvents(run)).filter(({ type }) => type === 'AgentInput');
  expect(inputs.map(({ from, upTo }) => [from, upTo])).toEqual([
    [2, 3],
    [2, 5],
    [5, 7],
  ]);
  expect(await run.context()).toMatchObject({ messages: [{ content: 'Add.' }, {}, {}, { content: 'Sums.' }] });
});

test('or it is summarized by the model, which is told the summary from then on, in other runs too', async () => {
  const history = Array.from({ length: 8 }, (_none, nth) => ({
    role: nth % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content: `${nth} ${'x'.repeat(100)}`,
  }));
  const first = await temporal.run('summarizingAgent', [says('They said x.'), says('Hello.')], {
    userMsg: 'Hi.',
    chatHistory: history,
  });
  expect(String(await first.result())).toBe('Hello.');
  expect(told(0).slice(0, -1)).toEqual(history.slice(0, 6).map(({ role, content }) => `${role}: ${content}`));
  expect(told(0).at(-1)).toMatch(/^user: Summarize/);
  expect(temporal.requests[0]?.tools).toBeUndefined();
  expect(told(1)).toEqual([
    'system: You remember.\n\nSummary of the conversation before:\nThey said x.',
    ...history.slice(6).map(({ role, content }) => `${role}: ${content}`),
    'user: Hi.',
  ]);
  const events = await allEvents(first);
  expect(events.find(({ type }) => type === 'MemoryCompacted')).toMatchObject({ before: 6, summary: 'They said x.' });

  const context = await first.context();
  const second = await temporal.run('summarizingAgent', [says('Again.')], { userMsg: 'Hi again.', context });
  await second.result();
  expect(told(0)[0]).toBe('system: You remember.\n\nSummary of the conversation before:\nThey said x.');
});

test('a summary of a summary is made of both, and a large conversation is read by a query', async () => {
  const long = (nth: number): string => `${nth} ${'word '.repeat(120)}`;
  const talk = { userMsg: long(0), conversation: true };
  const run = await temporal.run(
    'longSummarizingAgent',
    ({ messages }) => (String(messages.at(-1)?.content).startsWith('Summarize') ? says('sum') : says(long(9))),
    talk,
  );
  for (let turn = 1; turn < 12; turn += 1) await run.sendMessage(long(turn));
  await run.close();
  await run.result();
  const summaries = temporal.requests.filter(({ messages }) =>
    String(messages.at(-1)?.content).startsWith('Summarize'),
  );
  expect(summaries.length).toBeGreaterThan(1);
  expect(summaries.length).toBeLessThan(6);
  expect(summaries[1]?.messages[0]?.content).toBe('Summary of the conversation before:\nsum');
  const sizes = temporal.requests.map(({ messages }) => JSON.stringify(messages).length);
  expect(Math.max(...sizes)).toBeLessThan(2000 * 4 * 1.3);
  expect(temporal.requests.at(-1)?.messages.at(-1)?.content).toBe(long(11));
});

test('a summary that cannot be made is done without', async () => {
  const history = [{ role: 'user' as const, content: 'x'.repeat(2000) }];
  const bad = { status: 400, error: { message: 'too odd' } };
  const run = await temporal.run('summarizingAgent', [bad, says('Hello.')], { userMsg: 'Hi.', chatHistory: history });
  expect(String(await run.result())).toBe('Hello.');
  expect(told(1)).toEqual(['system: You remember.', 'user: Hi.']);
});

test('a run moved while it is summarizing asks for the summary again', async () => {
  const requested = temporal.model.requests.length + 1;
  const history = [{ role: 'user' as const, content: 'x'.repeat(2000) }];
  const first = await temporal.run('summarizingAgent', [{ content: 'lost', hold: new Promise(() => undefined) }], {
    userMsg: 'Hi.',
    chatHistory: history,
    maxIterations: 1,
  });
  await temporal.model.whenRequested(requested);
  const context = await first.context();
  await first.cancel();
  const second = await temporal.run('summarizingAgent', [says('They said x.'), says('Hello.')], { context });
  expect(await eventOfType(second, 'MemoryCompacted')).toMatchObject({ summary: 'They said x.' });
  expect(String(await second.result())).toBe('Hello.');
});
