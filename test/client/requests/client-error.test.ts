import { expect, test } from '@jest/globals';
import { type Client, QueryRejectedError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import {
  isRefusedByServer,
  toAnswerError,
  toClientError,
  toQueryError,
} from '../../../src/client/requests/client-error';
import { isPassing } from '../../../src/client/server/patience';

const [RUNNING, COMPLETED, PAUSED] = [1, 2, 8];

function grpc(code: number, details: string): Error {
  return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata: { get: () => [] } });
}

/** A client whose server describes every run so. */
function clientOf(description: object | Error): Client {
  const client = {
    options: { namespace: 'default' },
    withDeadline: async (_deadline: number, ask: () => Promise<unknown>) => await ask(),
    workflowService: {
      describeWorkflowExecution: async () => {
        if (description instanceof Error) throw description;
        return { workflowExecutionInfo: description, executionConfig: { taskQueue: { name: 'desk' } } };
      },
    },
  };
  return client as unknown as Client;
}

const REJECTED = new QueryRejectedError(PAUSED);
const PAUSED_UPDATE = new ServiceError('Workflow Update failed', {
  cause: grpc(9, 'Workflow is paused. Cannot update the workflow.'),
});
const DEADLINE = new ServiceError('Failed to query Workflow', { cause: grpc(4, 'Deadline exceeded') });
const GONE = grpc(14, 'No connection established');

test('a query that is rejected because its run is paused passes, any other rejection does not', () => {
  expect(isPassing(REJECTED)).toBe(true);
  expect(isPassing(new QueryRejectedError(COMPLETED))).toBe(false);
});

test('a paused run is told as paused, whichever way Temporal says it', async () => {
  const client = clientOf({ status: PAUSED });
  for (const error of [REJECTED, DEADLINE]) {
    expect(await toQueryError(error, client, 'r')).toMatchObject({ code: 'RUN_PAUSED', details: { workflowId: 'r' } });
  }
  expect(isRefusedByServer(PAUSED_UPDATE)).toBe(true);
  expect(await toAnswerError(PAUSED_UPDATE, client, 'r', 'a')).toMatchObject({
    code: 'RUN_PAUSED',
    message: expect.stringContaining('was not taken'),
  });
});

test.each([
  ['no worker', DEADLINE, { status: RUNNING }, 'NO_WORKER', 'task queue "desk"'],
  ['no worker for a run that has ended', DEADLINE, { status: COMPLETED }, 'NO_WORKER', 'start one'],
  ['no server for the query', new ServiceError('x', { cause: GONE }), GONE, 'TEMPORAL_UNREACHABLE', 'No connection'],
  ['no server any more', DEADLINE, GONE, 'TEMPORAL_UNREACHABLE', 'No connection'],
  ['a stuck server', grpc(4, 'x'), grpc(14, 'Error: interrupted (9)'), 'TEMPORAL_UNREACHABLE', 'restart it'],
  ['no such run', DEADLINE, grpc(5, 'not found'), 'RUN_NOT_FOUND', '"r"'],
  ['too many queries', grpc(8, 'consistent query buffer is full'), GONE, 'LIMIT_EXCEEDED', 'query buffer is full'],
] as const)('a query without an answer is told as what it is: %s', async (_name, error, described, code, words) => {
  expect(await toQueryError(error, clientOf(described), 'r')).toMatchObject({
    code,
    message: expect.stringContaining(words),
  });
});

test('an answer whose outcome is unknown says so, also when its server is gone', async () => {
  const interrupted = new ServiceError('x', { cause: grpc(9, 'unexpected workflow task failure') });
  expect(isRefusedByServer(interrupted)).toBe(false);
  for (const [described, words] of [
    [{ status: RUNNING }, 'No worker took the answer in time'],
    [GONE, 'does not answer'],
    [{ status: COMPLETED }, 'has ended meanwhile'],
  ] as const) {
    expect(await toAnswerError(interrupted, clientOf(described), 'r', 'a')).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining(words),
      details: { answerId: 'a' },
    });
  }
});

test('whether a run has ended or never was is not guessed while the server is away', async () => {
  const error = new WorkflowNotFoundError('workflow execution already completed', 'r', undefined);
  for (const [described, code] of [
    [{ status: COMPLETED }, 'RUN_ENDED'],
    [grpc(5, 'not found'), 'RUN_NOT_FOUND'],
    [GONE, 'TEMPORAL_UNREACHABLE'],
    [grpc(8, 'namespace rate limit exceeded'), 'LIMIT_EXCEEDED'],
  ] as const) {
    expect(await toClientError(error, clientOf(described), 'r')).toMatchObject({ code });
  }
});
