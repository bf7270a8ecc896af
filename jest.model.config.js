/** Agents on a real model: `OPENAI_BASE_URL` and `OPENAI_MODEL` say which one. CONTRIBUTING.md says how to start one. */
const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  testMatch: ['**/*.model.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  // A small machine thinks long.
  testTimeout: 600_000,
  maxWorkers: 1,
};
