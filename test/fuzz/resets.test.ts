import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WorkflowHandler } from '../../src/client';
import { extendsType, InputRequiredEvent, type AnyEvent } from '../../src/protocol';
import type { ModelRequest, ScriptedReply } from '../../src/testing';
import { effects } from '../fixtures/implementations';
import { FUZZ_SEED, FUZZ_WITHIN_MS, sampled, tried } from '../setup/fuzz';
import { RESET_REASON } from '../setup/links';
import { eventsNow, historyOf, reset } from '../setup/reset';
import { calls, eventOfType, says, useTemporal } from '../setup/temporal';
import { taskFailures } from './task-failures';

/** Of a worker that has room for one run. */
const temporal = useTemporal({ maxCachedWorkflows: 1 });

const answer = fc.record({
  kind: fc.constantFrom('respond', 'HumanResponseEvent'),
  yes: fc.boolean(),
  which: fc.nat(5),
});
const step = fc.oneof(
  { arbitrary: answer, weight: 8 },
  { arbitrary: fc.record({ kind: fc.constant('unnamed'), isUpdate: fc.boolean() }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('message'), isUpdate: fc.boolean() }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('reset'), part: fc.nat(100) }), weight: 2 },
  { arbitrary: fc.record({ kind: fc.constant('forget') }), weight: 1 },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const cases = fc.array(step, { minLength: 6, maxLength: 14 });

test(
  `whatever a run was sent and however it was reset, each worker shows the same, and the first answer decides (FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    const other = await temporal.run('toolAgent', reply, { userMsg: 'Wait.' });
    await eventOfType(other, 'InputRequiredEvent');
    for (const steps of sampled(cases, 5)) await tried(JSON.stringify(steps), async () => await play(steps, other));
  },
  FUZZ_WITHIN_MS,
);

/** Every user message has two things decided. */
function reply({ messages }: ModelRequest): ScriptedReply {
  const last = messages.at(-1);
  if (last?.role !== 'user') return says('All done.');
  const text = String(last.content);
  return calls(['count_if_yes', { name: `a ${text}` }], ['count_if_yes', { name: `b ${text}` }]);
}

/** @param other A run that takes its place in the worker's memory. */
async function play(steps: readonly Step[], other: WorkflowHandler): Promise<void> {
  const { workflowId } = await temporal.run('toolAgent', reply, { userMsg: crypto.randomUUID(), conversation: true });
  const run = (): WorkflowHandler => temporal.client.getHandler(workflowId);
  const handle = temporal.client.temporal.workflow.getHandle(workflowId);
  await eventOfType(run(), 'InputRequiredEvent');
  /** The questions that were ever asked, and whether the first answer was a yes. */
  const asked = new Map<string, { readonly prefix: string; first?: boolean }>();
  for (const one of steps) await take(one);
  for (let open = await questions(); open.length > 0; open = await questions()) {
    for (const { inputId = '' } of open) await send('respond', { response: 'no', inputId }).catch(() => undefined);
    await expectSame();
  }
  await run().close();
  expect(String(await run().result())).toBe('All done.');
  await expectSame();
  for (const { prefix, first } of asked.values()) {
    if (first !== true) expect([prefix, effects.get(prefix.slice(0, -2))]).toEqual([prefix, undefined]);
  }
  const failures = await taskFailures(temporal, workflowId);
  expect(failures.filter((failure) => !failure.endsWith(RESET_REASON))).toEqual([]);

  async function take(one: Step): Promise<void> {
    if ('which' in one) {
      await questions();
      const [inputId, question] = [...asked].at(one.which % asked.size) as [string, { first?: boolean }];
      const isTaken = await send(one.kind, { inputId, response: one.yes ? 'yes' : 'no' });
      if (isTaken) question.first ??= one.yes;
    } else if ('part' in one) {
      const { length } = await historyOf(temporal, { workflowId });
      await reset(temporal, { workflowId }, Math.max(4, Math.floor((one.part / 100) * length)));
      await expectSame();
    } else if ('isUpdate' in one) {
      const message = one.kind === 'message';
      const name = message ? 'sendMessage' : one.isUpdate ? 'respond' : 'HumanResponseEvent';
      const sent = message ? { text: crypto.randomUUID() } : { response: 'no' };
      await send(message && !one.isUpdate ? 'sendMessage signal' : name, sent);
    } else await expectSame();
  }

  async function send(name: string, sent: object): Promise<boolean> {
    if (name === 'respond' || name === 'sendMessage') {
      return await handle.executeUpdate(name, { args: [sent] }).then(
        () => true,
        () => false,
      );
    }
    await handle.signal(name.split(' ')[0] as string, sent);
    return true;
  }

  async function isAtWork(): Promise<boolean> {
    const { pendingActivities, pendingWorkflowTask } = (await handle.describe()).raw;
    return (pendingActivities ?? []).length > 0 || pendingWorkflowTask != null;
  }

  /** Those that are open once nothing else is under way. */
  async function questions(): Promise<readonly AnyEvent[]> {
    while (await isAtWork());
    const open = (await run().pendingInputs()).flatMap(({ event }) => event ?? []);
    for (const { type, inputId, prefix } of open) {
      if (!extendsType(type, InputRequiredEvent.type) || asked.has(inputId as string)) continue;
      asked.set(inputId as string, { prefix: String(prefix) });
    }
    return open;
  }

  /** From the history as from memory. */
  async function expectSame(): Promise<void> {
    await questions();
    const seen = await eventsNow(temporal, { workflowId });
    await other.status();
    expect((await eventsNow(temporal, { workflowId })).slice(0, seen.length)).toEqual(seen);
  }
}
