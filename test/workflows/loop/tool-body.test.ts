import { expect, test } from '@jest/globals';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { allEvents, calls, eventOfType, installRuntime, says, useTemporal } from '../../setup/temporal';

const logged: LogEntry[] = [];
installRuntime(new DefaultLogger('WARN', (entry) => void logged.push(entry)));
const temporal = useTemporal();

test.each(['fails at once, unawaited', 'fails later, unawaited', 'leaves what cannot be shown'])(
  'a tool that leaves a promise behind which %s goes on, and the log says so',
  async (slip) => {
    const run = await temporal.run('toolAgent', [calls(['careless', { slip }]), says('Done.')]);
    await run.respond(await eventOfType(run, 'InputRequiredEvent'), 'yes');
    expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({ toolOutput: 'yes', isError: false });
    expect(String(await run.result())).toBe('Done.');
    const lines = ofRun(run.workflowId);
    expect(lines.map(({ message }) => message)).toEqual([expect.stringContaining('no code awaits')]);
    expect(String(lines[0]?.meta?.['error'])).toMatch(/the audit failed\n\s+at fail|cannot be shown/);
  },
);

test('a context is closed with its call: what is left behind does nothing and is told so', async () => {
  const run = await temporal.run('toolAgent', [
    calls(['careless', { slip: 'asks after its call' }]),
    calls(['careless', { slip: 'uses what it kept' }]),
    says('Done.'),
  ]);
  await run.result();
  const events = await allEvents(run);
  expect(events.filter(({ type }) => type === 'ToolCallResult').map(({ toolOutput }) => toolOutput)).toEqual([
    'returned',
    'CONTEXT_CLOSED CONTEXT_CLOSED ',
  ]);
  expect(events.some(({ type }) => type === 'InputRequiredEvent')).toBe(false);
});

test('what a tool throws or gives and nobody can read is a tool error', async () => {
  const slips = ['throws what cannot be read', 'gives what cannot be read', 'gives what changes'];
  const run = await temporal.run('toolAgent', [
    calls(...slips.map((slip) => ['careless', { slip }] as const)),
    says('Done.'),
  ]);
  expect(String(await run.result())).toBe('Done.');
  const told = temporal.requests
    .at(-1)
    ?.messages.slice(-3)
    .map(({ content }) => content);
  expect(told).toEqual([
    'a value that cannot be shown was thrown',
    "Cannot perform 'get' on a proxy that has been revoked",
    '{"a":1}',
  ]);
});

test('a key of the store that no context can hold is a tool error', async () => {
  const run = await temporal.run('toolAgent', [calls(['remember', { key: '__proto__', value: 'x' }]), says('Done.')]);
  await run.result();
  expect(await eventOfType(run, 'ToolCallResult')).toMatchObject({
    isError: true,
    toolOutput: 'store.set takes any text but "__proto__" as a key, and was given "__proto__".',
  });
  expect(await run.context()).toMatchObject({ state: {} });
});

test('what a body throws is logged with its stack, and a global of Node with what to do', async () => {
  const run = await temporal.run('toolAgent', [
    calls(['throwing', { what: 'error' }], ['careless', { slip: 'uses a global of Node' }], ['failing', {}]),
    says('Done.'),
  ]);
  await run.result();
  const lines = ofRun(run.workflowId).filter(({ message }) => message === 'Tool failed');
  expect(lines.map(({ meta }) => [meta?.['tool'], meta?.['toolId'], meta?.['help']])).toEqual([
    ['throwing', 'call_1', undefined],
    ['careless', 'call_2', expect.stringContaining('move this into an activityTool')],
  ]);
  expect(String(lines[0]?.meta?.['error'])).toMatch(/^Error: kaput\n\s+at .*odd-tools/);
  expect(temporal.requests.at(-1)?.messages.at(-2)).toMatchObject({
    content: 'process is not defined (defineTool runs in the workflow: this belongs in an activityTool)',
  });
});

function ofRun(workflowId: string): readonly LogEntry[] {
  return logged.filter(({ meta }) => meta?.['workflowId'] === workflowId);
}
