import { expect, test } from '@jest/globals';
import { differences } from '../../../tools/conformance/compare';
import type { Outcome } from '../../../tools/conformance/outcome';
import { type Fields, readScenario } from '../../../tools/conformance/scenario';

/** Two tools in one reply: the first writes what it is at, the second only gives a result. */
const tools = {
  busy: {
    body: [
      { op: 'emit', event: { type: 'Progress', data: { of: '${args.name}', step: 1 } } },
      { op: 'emit', event: { type: 'Progress', data: { of: '${args.name}', step: 2 } } },
    ],
  },
};
const [input, stop] = [
  { type: 'AgentInput', agent: 'A' },
  { type: 'StopEvent', text: '' },
];
const output = { type: 'AgentOutput', agent: 'A', text: '', calls: ['c1', 'c2'] };
const call = (id: string, name: string): Fields => ({ type: 'ToolCall', id, tool: 'busy', args: { name } });
const result = (id: string): Fields => ({ type: 'ToolCallResult', id, tool: 'busy', isError: false, output: '' });
const progress = (of: string, step: number): Fields => ({ type: 'Progress', data: { of, step } });

function compared(expectation: Fields, outcome: Partial<Outcome>): readonly string[] {
  const scenario = { id: 'x', tools, workflow: { agents: [] }, llm_script: [], phases: [], expect: expectation };
  const nothing = {
    stream: [],
    effects: {},
    results: [],
    refusals: [],
    parked: false,
    modelCalls: [],
    sendError: false,
    problems: [],
  };
  return differences(readScenario(JSON.stringify(scenario)), { ...nothing, ...outcome }).map(({ part }) => part);
}

const inOrder = [
  input,
  output,
  call('c1', 'a'),
  progress('a', 1),
  progress('a', 2),
  result('c1'),
  call('c2', 'b'),
  progress('b', 1),
  progress('b', 2),
  result('c2'),
  input,
  stop,
];

test('calls of one reply may interleave', () => {
  const stream = [
    input,
    output,
    call('c2', 'b'),
    call('c1', 'a'),
    progress('b', 1),
    progress('a', 1),
    progress('b', 2),
    result('c2'),
    progress('a', 2),
    result('c1'),
    input,
    stop,
  ];
  expect(compared({ stream: inOrder }, { stream })).toEqual([]);
});

test('the events of one call may not change places', () => {
  const stream = [
    input,
    output,
    call('c1', 'a'),
    progress('a', 2),
    progress('a', 1),
    result('c1'),
    call('c2', 'b'),
    progress('b', 1),
    progress('b', 2),
    result('c2'),
    input,
    stop,
  ];
  expect(compared({ stream: inOrder }, { stream })).toEqual(['stream']);
});

test('what comes after a turn may not come within it', () => {
  const stream = [...inOrder.slice(0, -3), input, result('c2'), stop];
  expect(compared({ stream: inOrder }, { stream })).toEqual(['stream']);
});

test('what a tool wrote must have all it was given, and nothing else', () => {
  const wanted = [input, progress('a', 1)];
  expect(compared({ stream: wanted }, { stream: [input, { type: 'Progress', data: { step: 1, of: 'a' } }] })).toEqual(
    [],
  );
  expect(
    compared({ stream: wanted }, { stream: [input, { type: 'Progress', data: { of: 'a', step: 1, more: 1 } }] }),
  ).toEqual(['stream']);
});

test('a structured outcome that is not mentioned must not be there', () => {
  expect(compared({ stream: [stop] }, { stream: [{ ...stop, structured: { ok: true } }] })).toEqual(['stream']);
});

test('the results of one reply’s calls may come in any order, those of different replies may not', () => {
  const actual = (toolResults: readonly string[]): Partial<Outcome> => ({
    modelCalls: [{ roles: ['user', 'assistant', 'tool', 'tool', 'assistant', 'tool'], tools: ['b', 'a'], toolResults }],
  });
  const wanted = { modelCalls: [{ tools: ['a', 'b'], toolResults: ['1', '2', '3'] }] };
  expect(compared(wanted, actual(['2', '1', '3']))).toEqual([]);
  expect(compared(wanted, actual(['1', '3', '2']))).toEqual(['modelCalls']);
});

test('what is not mentioned is not compared', () => {
  const wanted = { results: [{ error: true }], modelCalls: [{}] };
  const modelCalls = [{ roles: ['user'], tools: [], toolResults: [] }];
  expect(compared(wanted, { results: [{ error: true, code: 'RUN_FAILED' }], modelCalls, effects: { a: 1 } })).toEqual(
    [],
  );
  expect(compared(wanted, { results: [{ text: 'x' }], modelCalls: [...modelCalls, ...modelCalls] })).toEqual([
    'results',
    'modelCalls',
  ]);
});
