/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // The package's own names mean the sources here; in dist/ only what is bundled or run as a process is used.
  moduleNameMapper: {
    '^countersign$': '<rootDir>/src/index.ts',
    '^countersign/workflow$': '<rootDir>/src/workflows/index.ts',
    '^countersign/(worker|client)$': '<rootDir>/src/$1.ts',
    '^countersign/encryption$': '<rootDir>/src/encryption/index.ts',
    '^countersign/testing$': '<rootDir>/src/testing/index.ts',
  },
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
      },
    ],
  },
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  testTimeout: 30_000,
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/setup/count-reporter.js'],
};
