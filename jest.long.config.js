/** Tests that wait for clocks and processes, and would make the others too slow to be run all the time. */
const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...base, testMatch: ['**/*.long.test.ts'], testPathIgnorePatterns: ['/node_modules/'] };
