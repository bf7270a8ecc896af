import { expect, test } from '@jest/globals';
import { QueryNotRegisteredError } from '@temporalio/client';
import { hasNoHandler, isNotOfReplay, isStaleCopy } from '../../../src/client/server/patience';
import { READ_AHEAD } from '../../../src/protocol';

const MISFIT = new QueryNotRegisteredError('[TMPRL1100] Nondeterminism error: no command scheduled', 3);
const UNKNOWN = new QueryNotRegisteredError('Workflow did not register a handler for events. Registered: [status]', 3);
const OTHER = new QueryNotRegisteredError('something else', 3);

test('a query that fails as a copy of the run does not fit its history is asked again three times, and then told', () => {
  for (const isOwn of [hasNoHandler, isNotOfReplay]) {
    const isStale = isStaleCopy(isOwn);
    expect([1, 2, 3, 4].map(() => isStale(MISFIT))).toEqual([true, true, true, false]);
    expect(isStaleCopy(isOwn)(MISFIT)).toBe(true);
  }
});

test('so is one for events that fails with a workflow task; any other is told at once, as is one that a workflow does not have', () => {
  const isStale = isStaleCopy(hasNoHandler);
  expect([1, 2, 3, 4].map(() => isStale(OTHER))).toEqual([true, true, true, false]);
  expect(isStaleCopy(hasNoHandler)(UNKNOWN)).toBe(false);
  for (const error of [OTHER, UNKNOWN]) expect(isStaleCopy(isNotOfReplay)(error)).toBe(false);
});

test('one with news that no task has brought is asked for as long as it fails', () => {
  const isStale = isStaleCopy(isNotOfReplay);
  expect(Array.from({ length: 20 }, () => isStale(new Error(READ_AHEAD)))).not.toContain(false);
  expect(isStale(new Error('something else'))).toBe(false);
});
