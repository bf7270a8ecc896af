import { expect, test } from '@jest/globals';
import { QueryNotRegisteredError } from '@temporalio/client';
import { isStaleCopy } from '../../src/client/patience';
import { READ_AHEAD } from '../../src/protocol';

test('a query that fails with a workflow task is asked again three times, and then told', () => {
  const isStale = isStaleCopy();
  const misfit = new QueryNotRegisteredError('[TMPRL1100] Nondeterminism error: no command scheduled', 3);
  expect([1, 2, 3, 4].map(() => isStale(misfit))).toEqual([true, true, true, false]);
  expect(isStaleCopy()(misfit)).toBe(true);
});

test('one with news that no task has brought is asked for as long as it fails; any other failure is told at once', () => {
  const isStale = isStaleCopy();
  expect(Array.from({ length: 20 }, () => isStale(new Error(READ_AHEAD)))).not.toContain(false);
  expect(isStale(new Error('something else'))).toBe(false);
  const text = 'Workflow did not register a handler for events. Registered queries: [status]';
  expect(isStale(new QueryNotRegisteredError(text, 3))).toBe(false);
});
