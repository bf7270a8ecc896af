import { expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { openConnection } from '../../src/connection';
import { startDevServer } from '../../src/testing';

/** A server with SQLite 1.34 is stuck after 3,000 of them. */
const REQUESTS = 12_000;
const AT_A_TIME = 12;
/** About as long as one takes, so that many are given up while SQLite is at work. Unit: milliseconds. */
const LONGEST_MS = 25;

test('requests that are given up, at whatever moment, leave a dev server able to serve the next', async () => {
  const env = { ...process.env, TEMPORAL_ADDRESS: undefined, TEMPORAL_NAMESPACE: undefined };
  const server = await startDevServer({ ui: false, env });
  // Without the SDK's retries.
  const connection = await openConnection({ address: server.address, interceptors: [] });
  try {
    const { namespace } = server;
    const { workflowService, workflow } = new Client({ connection, namespace });
    const { workflowId } = await workflow.start('none', { workflowId: 'w', taskQueue: 'nobody' });
    const execution = { workflowId };
    const kinds = [
      () => workflowService.describeNamespace({ namespace }),
      () => workflowService.listWorkflowExecutions({ namespace }),
      () => workflowService.getWorkflowExecutionHistory({ namespace, execution }),
      () => workflowService.describeWorkflowExecution({ namespace, execution }),
    ];
    let sent = 0;
    let served = 0;
    const send = async (): Promise<void> => {
      while (sent < REQUESTS) {
        const kind = kinds[(sent += 1) % kinds.length] as () => Promise<unknown>;
        const deadline = Date.now() + 1 + Math.random() * LONGEST_MS;
        served += await connection.withDeadline(deadline, kind).then(
          () => 1,
          () => 0,
        );
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, send));
    expect(served).toBeLessThan(REQUESTS);
    const asked = connection.withDeadline(Date.now() + 10_000, () => workflowService.describeNamespace({ namespace }));
    expect((await asked).namespaceInfo?.name).toBe(namespace);
  } finally {
    await connection.close();
    await server.stop();
  }
}, 180_000);
