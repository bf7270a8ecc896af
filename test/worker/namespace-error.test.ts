import { expect, test } from '@jest/globals';
import { NativeConnection } from '@temporalio/worker';
import OpenAI from 'openai';
import { createWorker } from '../../src/worker';
import { namespaceError } from '../../src/worker/namespace-error';
import { implementations } from '../fixtures/implementations';
import { installRuntime } from '../setup/temporal';

const environment = { ...process.env };

/** As the SDK's core says it. */
function described(status: string): Error {
  return new Error(
    `Namespace shop was not found or otherwise could not be described: Status { ${status}, metadata: {} }`,
  );
}

test('a namespace that the server does not have is told as missing, with the command that makes it', async () => {
  installRuntime();
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] as string });
  try {
    // An environment that nobody could connect by: whoever brings a connection does not need it.
    process.env['TEMPORAL_TLS'] = 'perhaps';
    const worker = createWorker({
      workflows: require.resolve('../fixtures/workflows'),
      workflowBundle: { codePath: process.env['COUNTERSIGN_TEST_BUNDLE'] as string },
      tools: implementations,
      openai: new OpenAI({ apiKey: 'scripted', baseURL: 'http://127.0.0.1:1/v1' }),
      connection,
      namespace: 'nobodys',
    });
    await expect(worker).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: expect.stringContaining('temporal operator namespace create --namespace nobodys'),
      details: {},
    });
  } finally {
    process.env = { ...environment };
    await connection.close();
  }
});

test.each([
  ['code: PermissionDenied, message: "Request unauthorized."', /does not let us use .*Request unauthorized\./],
  ['code: Unauthenticated, message: "no key"', /does not let us use .*TEMPORAL_API_KEY.*no key/],
  [
    'code: Unavailable, message: "GetNamespace operation failed. Error interrupted (9)"',
    /could not look up .*Error interrupted \(9\) \(Unavailable\).* restart it/,
  ],
])('a look-up that failed with %s is not told as a missing namespace', (status, message) => {
  const error = namespaceError(described(status), 'shop', 'localhost:7233');
  expect(error).toMatchObject({ code: 'TEMPORAL_UNREACHABLE', details: { address: 'localhost:7233' } });
  expect(error?.message).toMatch(message);
  expect(error?.message).not.toMatch(/has no namespace/);
});

test('an error about anything else stays as it is', () => {
  expect(namespaceError(new Error('Bundle not found'), 'shop', undefined)).toBeUndefined();
});
