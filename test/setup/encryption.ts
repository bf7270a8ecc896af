/**
 * Encryption for a test file: keys, a bundle whose errors are encrypted too, and what is really kept of a run.
 *
 * @module
 */
import { type WorkflowBundle, bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { temporal as proto } from '@temporalio/proto';
import { encryptedDataConverter, type EncryptionKeys } from '../../src/encryption';
import { bundleOptions } from '../../src/worker';
import type { TestTemporal } from './temporal';

const KEYS: Readonly<Record<string, Uint8Array>> = {
  k1: Buffer.alloc(32, 1),
  k2: Buffer.alloc(32, 2),
  k3: Buffer.alloc(32, 3),
};

/** The first is used for new payloads. */
export function keys(use: string, ...others: readonly string[]): EncryptionKeys {
  const named = [use, ...others].map((id) => [id, KEYS[id] as Uint8Array] as const);
  return { keys: Object.fromEntries(named), use };
}

export async function bundle(workflows = require.resolve('../fixtures/workflows')): Promise<WorkflowBundle> {
  return await bundleWorkflowCode({
    ...bundleOptions({ workflows, dataConverter: encryptedDataConverter(keys('k1')) }),
    logger: new DefaultLogger('ERROR'),
  });
}

/** A run's history as the server has it: every byte of every payload as text. */
export async function storedHistory(temporal: TestTemporal, workflowId: string): Promise<string> {
  const history = await temporal.client.temporal.workflow.getHandle(workflowId).fetchHistory();
  return Buffer.from(proto.api.history.v1.History.encode(history).finish()).toString('latin1');
}

/** Wait until the run's workflow task has failed for a reason like this. */
export async function whenTaskFailed(temporal: TestTemporal, workflowId: string, why: RegExp): Promise<void> {
  const client = temporal.client.temporal;
  const messages: string[] = [];
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId },
      waitNewEvent: true,
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    });
    nextPageToken = page.nextPageToken;
    for (const { workflowTaskFailedEventAttributes: failed } of page.history?.events ?? []) {
      if (failed?.failure?.message) messages.push(failed.failure.message);
    }
    if (messages.some((message) => why.test(message))) return;
  } while (nextPageToken !== undefined && nextPageToken.length > 0);
  throw new Error(`The run ended, and its workflow tasks failed for: ${messages.join(', ')}`);
}
