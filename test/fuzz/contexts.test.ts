import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WorkflowHandler } from '../../src/client';
import { type ContextJson, readContext } from '../../src/protocol';
import { FUZZ_SEED, FUZZ_WITHIN_MS, sampled, tried } from '../setup/fuzz';
import { calls, says, useTemporal } from '../setup/temporal';
import { json, text } from './arbitraries';
import { taskFailures } from './task-failures';

const temporal = useTemporal();
const AT_ONCE = 10;

const key = fc.oneof(text, fc.constantFrom('a', '10', '2', '__proto__', 'constructor'), json);
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constantFrom('Note', 'PaymentReceived', 'StopEvent'), amount: json }) },
  { weight: 1, arbitrary: json },
);
const odd = { weight: 1, arbitrary: fc.record({ odd: fc.nat(13) }) };
const given = (value: fc.Arbitrary<unknown>): fc.Arbitrary<object> =>
  fc.oneof({ weight: 4, arbitrary: fc.record({ value }) }, odd);
const act = fc
  .tuple(
    fc.constantFrom('set', 'set', 'set', 'delete', 'get', 'write', 'ask', 'send', 'send', 'wait', 'call', 'keys'),
    key,
    fc.oneof(given(json), given(event)),
  )
  .map(([what, name, value]) => ({ do: what, key: name, ...value }));
const deep = fc.constant({ do: 'set', key: 'deep', value: Array.from({ length: 62 }).reduce((inner) => [inner], 1) });
const acts = fc.array(fc.oneof({ weight: 20, arbitrary: act }, { weight: 1, arbitrary: deep }), { maxLength: 12 });

test(
  `whatever tools do and are given, a context can be taken, is read as it was, and goes on (FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    const all = sampled(fc.array(acts, { minLength: 1, maxLength: 3 }), 20);
    temporal.model.script(({ messages }) => {
      const last = messages.at(-1);
      return last?.role === 'user'
        ? calls(...(JSON.parse(String(last.content)) as string[]).map((made) => ['puppet', { acts: made }] as const))
        : says('Done.');
    });
    for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(claims));
  },
  FUZZ_WITHIN_MS,
);

async function claims(made: readonly (readonly object[])[]): Promise<void> {
  await tried(JSON.stringify(made), async () => {
    const { taskQueue } = temporal;
    const userMsg = JSON.stringify(made.map((one) => JSON.stringify(one)));
    const first = await temporal.client.run('puppetAgent', { userMsg }, { taskQueue });
    await questionsAtTheEnd(first, made.length);
    const context = await first.context();
    expect(readContext(JSON.parse(JSON.stringify(context)))).toEqual(context);
    const second = await temporal.client.run('puppetAgent', { context }, { taskQueue });
    await questionsAtTheEnd(second, made.length);
    expect(lasting(await second.context())).toEqual(lasting(context));
    for (const { inputId } of (await second.pendingInputs()).filter(({ isWaiting }) => isWaiting)) {
      await second.respond({ inputId }, 'yes');
    }
    expect(String(await second.result())).toBe('Done.');
    await first.cancel();
    for (const run of [first, second]) expect(await taskFailures(temporal, run.workflowId)).toEqual([]);
  });
}

async function questionsAtTheEnd(run: WorkflowHandler, count: number): Promise<void> {
  for (;;) {
    const open = await run.pendingInputs();
    if (open.filter(({ event: asked }) => asked?.['prefix'] === 'Enough?').length === count) return;
  }
}

/** All but the places that questions have on the stream of their run. */
function lasting({ questions, ...context }: ContextJson): unknown {
  return {
    ...context,
    questions: questions?.map(({ event: asked, ...question }) => ({
      ...question,
      event: { ...asked, seq: 0, id: '', time: '' },
    })),
  };
}
