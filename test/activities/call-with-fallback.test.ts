import { expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import fc from 'fast-check';
import { callWithFallback, type FallbackCall } from '../../src/activities/fallback';
import { AgentError } from '../../src/protocol';

const HOUR = 3_600_000;
const model = (title: string) => ({ title, ask: async () => await Promise.reject(new Error('not asked')) });
const models = [model('one'), model('two')];

/** @param now Of the server's clock. */
function callAt(now: number, more: Partial<FallbackCall['info']> = {}): FallbackCall {
  const times = { currentAttemptScheduledTimestampMs: now, scheduledTimestampMs: now };
  return {
    llm: 'm',
    signal: new AbortController().signal,
    info: { ...times, scheduleToCloseTimeoutMs: HOUR, startToCloseTimeoutMs: HOUR / 2, ...more },
  };
}

test.each([
  ['an hour ahead of', HOUR],
  ['an hour behind', -HOUR],
])('a worker whose clock is %s the server’s waits for what may pass as any other', async (_where, difference) => {
  const given: number[] = [];
  const asking = callWithFallback(models, callAt(Date.now() - difference), async (_model, { timeoutMs }) => {
    given.push(timeoutMs);
    throw await Promise.resolve(new AgentError('MODEL_UNAVAILABLE', 'down', {}));
  });
  await expect(asking).rejects.toMatchObject({ message: 'down', nonRetryable: false });
  expect(given).toHaveLength(1);
  expect(given[0]).toBeGreaterThan(HOUR / 2 - 1000);
});

test('a call may take longer than the timers of Node know', async () => {
  const year = 365 * 24 * HOUR;
  const call = callAt(Date.now(), { startToCloseTimeoutMs: year, scheduleToCloseTimeoutMs: year });
  const late = { ...call, info: { ...call.info, scheduledTimestampMs: call.info.scheduledTimestampMs - HOUR } };
  for (const one of [call, late]) {
    const timeoutMs = await callWithFallback(models, one, async (_model, given) => {
      expect(given.signal.aborted).toBe(false);
      return await Promise.resolve(given.timeoutMs);
    });
    expect(timeoutMs).toBeGreaterThan(HOUR);
    expect(timeoutMs).toBeLessThan(2 ** 31);
  }
});

type Outcome = 'reply' | 'final' | 'passing' | 'passing, later';
const FAILURES: Readonly<Record<Exclude<Outcome, 'reply'>, () => AgentError>> = {
  final: () => new AgentError('MODEL_REJECTED', 'final', {}),
  passing: () => new AgentError('MODEL_UNAVAILABLE', 'passing', {}),
  'passing, later': () => new AgentError('MODEL_UNAVAILABLE', 'passing, later', { retryAfterMs: HOUR / 4 }),
};

/** As the documents have it. */
function expected(outcomes: readonly Outcome[], isLate: boolean): { readonly asked: number; readonly end: string } {
  const last = outcomes.findIndex((one) => one === 'reply' || (one === 'passing' && !isLate));
  const asked = last < 0 ? outcomes.length : last + 1;
  if (outcomes[last] === 'reply') return { asked, end: 'reply' };
  return { asked, end: outcomes.slice(0, asked).every((one) => one === 'final') ? 'over' : 'again' };
}

test('who is asked, and how a call ends, is as the documents say, whatever each model does', async () => {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  const anOutcome = fc.constantFrom<Outcome>('reply', 'final', 'passing', 'passing, later');
  await fc.assert(
    fc.asyncProperty(fc.array(anOutcome, { minLength: 1, maxLength: 5 }), fc.boolean(), async (outcomes, isLate) => {
      const call = callAt(Date.now());
      const scheduledTimestampMs = call.info.scheduledTimestampMs - (isLate ? HOUR / 4 : 0);
      let asked = 0;
      const ask = async (): Promise<string> => {
        const outcome = outcomes[asked] as Outcome;
        asked += 1;
        if (outcome === 'reply') return await Promise.resolve('reply');
        throw FAILURES[outcome]();
      };
      const all = outcomes.map((_outcome, nth) => model(`number ${nth}`));
      const end = await environment.run(
        async () =>
          await callWithFallback(all, { ...call, info: { ...call.info, scheduledTimestampMs } }, ask).catch(
            ({ nonRetryable, message }: { readonly nonRetryable: boolean; readonly message: string }) => {
              const said = outcomes.slice(0, asked).filter((outcome) => message.includes(outcome));
              expect(said).toHaveLength(asked);
              return nonRetryable ? 'over' : 'again';
            },
          ),
      );
      expect({ asked, end }).toEqual(expected(outcomes, isLate));
    }),
    { numRuns: 200 },
  );
});
