/**
 * Says in one line when the Temporal server of all tests serves no more: then most failures are its, and no test's.
 *
 * Looks when a test file has failed, until it has found the server so.
 */
const { Connection } = require('@temporalio/client');

/** A server that is well answers at once, a busy one within this. Unit: milliseconds. */
const WITHIN_MS = 10_000;

module.exports = class ServerReporter {
  /** @type {string | undefined} */
  #trouble;

  /**
   * @param {unknown} _test
   * @param {{ numFailingTests: number, testExecError?: unknown }} result
   */
  async onTestResult(_test, { numFailingTests, testExecError }) {
    const isFailed = numFailingTests > 0 || testExecError !== undefined;
    if (!isFailed || this.#trouble !== undefined) return;
    this.#trouble = await troubleOf(process.env['TEMPORAL_ADDRESS']);
    this.#say();
  }

  /** Again, where those look who see the end only. */
  onRunComplete() {
    this.#say();
  }

  #say() {
    if (this.#trouble === undefined) return;
    process.stdout.write(`\nThe Temporal server of all tests serves no more, so tests fail: ${this.#trouble}\n`);
  }
};

/**
 * @param {string | undefined} address
 * @returns {Promise<string | undefined>}
 */
async function troubleOf(address) {
  if (address === undefined) return undefined; // It was not started, and the setup has said why.
  const connection = Connection.lazy({ address, interceptors: [] });
  try {
    await connection.withDeadline(Date.now() + WITHIN_MS, () =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await connection.close();
  }
}
