import { afterEach, expect, jest, test } from '@jest/globals';
import { freePort } from '../../src/testing/free-port';
import ServerReporter from './server-reporter';

const FAILED = { numFailingTests: 1 };
const address = process.env['TEMPORAL_ADDRESS'];

afterEach(() => {
  process.env['TEMPORAL_ADDRESS'] = address;
});

/** What the reporter prints about a run with one failed test file. */
async function printed(): Promise<string> {
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const reporter = new ServerReporter();
    await reporter.onTestResult(undefined, FAILED);
    reporter.onRunComplete();
    return write.mock.calls.join('');
  } finally {
    write.mockRestore();
  }
}

test('a test that fails while the server of all tests is well is not put down to the server', async () => {
  expect(await printed()).toBe('');
});

test('a server of all tests that serves no more is named when a test file fails, and at the end', async () => {
  process.env['TEMPORAL_ADDRESS'] = `127.0.0.1:${await freePort()}`;
  expect(await printed()).toMatch(/^(\nThe Temporal server of all tests serves no more, so tests fail: .+\n){2}$/);
});
