/**
 * The last line of a test run, for people and scripts: `N passed, N failed`, and `, N skipped` when there are any.
 *
 * Counts tests. A file that could not be run at all has no tests to count, so it counts as one failed: a run in which
 * anything went wrong never says `0 failed`.
 *
 * @typedef {{
 *   numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number,
 *   numRuntimeErrorTestSuites: number,
 * }} Results
 */
module.exports = class CountReporter {
  /**
   * @param {unknown} _contexts
   * @param {Results} results
   */
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    // Jest's own summary comes after every reporter; this line comes after that.
    setImmediate(() => process.stdout.write(`\n${counts.join(', ')}\n`));
  }
};
