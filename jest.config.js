/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  // Those have commands of their own: npm run test:long, npm run test:model.
  testPathIgnorePatterns: ['/node_modules/', '\\.(long|model)\\.test\\.ts$'],
  // The package's own names mean the sources here; in dist/ only what is bundled or run as a process is used.
  moduleNameMapper: {
    '^countersign$': '<rootDir>/src/index.ts',
    '^countersign/workflow$': '<rootDir>/src/workflows/index.ts',
    '^countersign/(worker|client|ai-sdk)$': '<rootDir>/src/$1.ts',
    '^countersign/encryption$': '<rootDir>/src/encryption/index.ts',
    '^countersign/testing$': '<rootDir>/src/testing/index.ts',
  },
  transform: {
    '\\.ts$|/node_modules/.*\\.js$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
      },
    ],
  },
  // string-width and what it is made of are ES modules, which jest cannot require on Node 20.
  transformIgnorePatterns: ['/node_modules/(?!(string-width|strip-ansi|ansi-regex|get-east-asian-width)/)'],
  globalSetup: '<rootDir>/test/setup/global-setup.ts',
  globalTeardown: '<rootDir>/test/setup/global-teardown.ts',
  testTimeout: 30_000,
  // More than the cores of a small machine: much of a test is waiting.
  maxWorkers: 3,
  reporters: ['default', '<rootDir>/test/setup/server-reporter.js', '<rootDir>/test/setup/count-reporter.js'],
};
