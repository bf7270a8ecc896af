import { expect, test } from '@jest/globals';
import { askInOrder, type CallInOrder } from '../../src/activities/ask-in-order';
import { AgentError } from '../../src/protocol';

const HOUR = 3_600_000;
const model = (title: string) => ({ title, ask: async () => await Promise.reject(new Error('not asked')) });
const models = [model('one'), model('two')];

/** @param now Of the server's clock. */
function callAt(now: number, more: Partial<CallInOrder['info']> = {}): CallInOrder {
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
  const asking = askInOrder(models, callAt(Date.now() - difference), async (_model, { timeoutMs }) => {
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
    const timeoutMs = await askInOrder(models, one, async (_model, given) => {
      expect(given.signal.aborted).toBe(false);
      return await Promise.resolve(given.timeoutMs);
    });
    expect(timeoutMs).toBeGreaterThan(HOUR);
    expect(timeoutMs).toBeLessThan(2 ** 31);
  }
});
