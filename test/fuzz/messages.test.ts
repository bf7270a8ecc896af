import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Worker } from '@temporalio/worker';
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';
import type { ModelRequest, ScriptedReply } from '../../src/testing';
import { FUZZ_SEED, FUZZ_WITHIN_MS, sampled, tried } from '../setup/fuzz';
import { eventsNow } from '../setup/reset';
import { calls, questionsOf, says, useTemporal, type MadeCall } from '../setup/temporal';
import { shown } from './arbitraries';
import { anyMessage, send, type Message } from './messages';
import { taskFailures } from './task-failures';

const temporal = useTemporal();
/** Runs whose messages are sent at the same time. */
const AT_ONCE = 5;

/** A run always has a question whose key nobody who fuzzes knows: so it cannot end, and is there to be asked. */
const OTHERS: readonly (readonly MadeCall[])[] = [
  [],
  [['confirm', { question: 'ok?' }]],
  [['approve_refund', { amount: 5 }], ['await_payment']],
  [['await_payment'], ['confirm', { question: 'a?' }], ['confirm', { question: 'b?' }]],
];
const cases = fc.record({
  others: fc.constantFrom(...OTHERS),
  isConversation: fc.boolean(),
  messages: fc.array(anyMessage, { minLength: 5, maxLength: 25 }),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Calls the tools that the first message names, once. */
function reply({ messages }: ModelRequest): ScriptedReply {
  const last = messages.at(-1);
  const named = typeof last?.content === 'string' && last.role === 'user' ? /^tools:(.*)$/s.exec(last.content) : null;
  return named?.[1] === undefined ? says('All done.') : calls(...(JSON.parse(named[1]) as MadeCall[]));
}

/** What came of the messages that were sent, in numbers. */
interface Tally {
  signals: number;
  readonly updates: Record<string, number>;
}

test(
  `whatever is sent to a run, it can be asked, refuses what it does not take, and ends by the right answer (FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    const all = sampled(cases, 10);
    for (let at = 0; at < all.length; at += AT_ONCE) {
      await Promise.all(all.slice(at, at + AT_ONCE).map(claims));
    }
  },
  FUZZ_WITHIN_MS,
);

async function claims(one: Case): Promise<void> {
  const sent = one.messages.map(({ kind, name, payloads }) => `${kind} ${name}: ${shown(payloads)}`);
  await tried(sent.join('\n'), async () => await play(one));
}

async function play({ others, isConversation, messages }: Case): Promise<void> {
  const key = crypto.randomUUID();
  const tools = JSON.stringify([['sealed', { key }], ...others]);
  const run = await temporal.run('fuzzedAgent', reply, { userMsg: `tools:${tools}`, conversation: isConversation });
  const [sealed] = await questionsOf(run, 1 + others.filter(([name]) => name !== 'await_payment').length);
  const tally = await sendAll(run, messages);

  const { openInputs, state } = await run.status();
  expect(state).toBe('waiting');
  const pending = await run.pendingInputs();
  expect(pending).toHaveLength(openInputs);
  expect(pending[0]?.inputId).toBe(sealed?.inputId);
  const { early = [], questions = [] } = await run.context();
  const events = await eventsNow(temporal, run);
  expect(questions).toHaveLength(openInputs);

  // Every question that is not open any more was answered, as the stream says; every signal was taken or refused.
  const results = events.filter(({ type }) => type === 'ToolCallResult');
  expect(results.map((event) => event['isError'])).toEqual(results.map(() => false));
  expect(results.length + openInputs).toBe(1 + others.length);
  const refused = events.filter(({ type }) => type === 'AnswerRefused');
  const texts = events.filter(({ type }) => type === 'UserMessage');
  const settledBySignal = results.length - (tally.updates['respond'] ?? 0);
  const textsBySignal = texts.length - (tally.updates['sendMessage'] ?? 0);
  expect(refused.length + early.length + settledBySignal + textsBySignal).toBe(tally.signals);
  for (const { received } of refused) expect(Buffer.byteLength(received as string)).toBeLessThanOrEqual(1024);
  for (const { message } of refused) expect(Buffer.byteLength(message as string)).toBeLessThanOrEqual(4096);

  await run.respond(sealed as AnyEvent, { response: 'opened', key });
  for (const { inputId, expectedType } of pending.slice(1)) {
    if (expectedType === 'PaymentReceived') await run.sendEvent({ type: expectedType, amount: 1, inputId });
    else await run.respond(inputId, { response: 'yes', approved: true });
  }
  if (isConversation) await run.close();
  expect(String(await run.result())).toBe('All done.');
  expect(await taskFailures(temporal, run.workflowId)).toEqual([]);
  await replays(run);
}

async function sendAll(run: WorkflowHandler, messages: readonly Message[]): Promise<Tally> {
  const tally: Tally = { signals: 0, updates: {} };
  let updated = Promise.resolve();
  await Promise.all(
    messages.map(async (message) => {
      // One after the other: the SDK sends each update back with its outcome, and two of 2 MB in one workflow task are
      // more than Temporal takes.
      if (message.kind === 'update') return await (updated = updated.then(async () => await sendOne(message)));
      await sendOne(message);
    }),
  );
  return tally;

  async function sendOne(message: Message): Promise<void> {
    const isTaken = await send(temporal, run.workflowId, message);
    if (message.kind === 'signal' && message.name !== 'close') tally.signals += 1;
    if (message.kind === 'update' && isTaken) tally.updates[message.name] = (tally.updates[message.name] ?? 0) + 1;
  }
}

/** What was refused once is refused in a replay too. */
async function replays({ workflowId }: WorkflowHandler): Promise<void> {
  const history = await temporal.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  await Worker.runReplayHistory(
    { workflowBundle: { codePath: process.env['COUNTERSIGN_TEST_BUNDLE'] as string } },
    history,
    workflowId,
  );
}
