/**
 * The workflows of all the examples, for one worker that serves them all.
 *
 * @module
 */
export * from './expense-report/workflows';
export * from './human-in-the-loop/workflows';
