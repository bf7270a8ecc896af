import { expect, test } from '@jest/globals';
import { isTriedSdk, untriedText } from '../../src/connection/sdk-version';

test('the release of Temporal’s SDK that is installed here is the one that everything was tried with', () => {
  expect(isTriedSdk()).toBe(true);
});

test('another release is told with both, and with what to do', () => {
  expect(untriedText('1.31.2')).toMatch(/SDK is 1\.31\.2 here.*tried with 1\.24.*newer Countersign, or pin/);
});
