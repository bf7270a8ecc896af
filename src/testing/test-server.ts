/**
 * Test server: a Temporal server for one test file, with or without time skipping.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { openConnection, readSettings } from '../connection';
import { errorText } from '../protocol';
import { startDevServer } from './dev-server';

export interface TestServer {
  readonly address: string;
  readonly namespace: string;
  /** For clients. With time skipping, time passes at once while a result is waited for. */
  readonly client: Client;
  /** For workers. */
  readonly connection: NativeConnection;
  sleep(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}

export type Stop = () => Promise<unknown>;

/** Ends everything, the last first, also where some of it fails; each of them once. @throws The first failure. */
export async function stopAll(stops: Stop[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.splice(0).reverse()) {
    await stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

type Converter = { readonly dataConverter?: DataConverter };

/** A dev server of its own, or the one that `TEMPORAL_ADDRESS` names. */
export async function startLocalServer(converter: Converter): Promise<TestServer> {
  const server = await startDevServer({ ui: false });
  const { address, namespace } = server;
  // One that was there already may want TLS and a key.
  const options = { ...(server.owned ? {} : readSettings().options), address };
  const closing: Stop[] = [() => server.stop()];
  const stop = async (): Promise<void> => await stopAll(closing);
  try {
    const connection = await NativeConnection.connect(options);
    closing.push(() => connection.close());
    const ours = await openConnection(options);
    closing.push(() => ours.close());
    const client = new Client({ connection: ours, namespace, ...converter });
    return { address, namespace, client, connection, sleep: (ms) => wait(ms), stop };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

/**
 * Temporal's time-skipping test server, which the SDK downloads.
 *
 * @throws Error when `@temporalio/testing` is not installed, or it can download no server.
 */
export async function startTimeSkippingServer(converter: Converter): Promise<TestServer> {
  const { TestWorkflowEnvironment } = timeSkipping();
  try {
    const environment = await TestWorkflowEnvironment.createTimeSkipping({ client: converter });
    const { address, client, nativeConnection: connection, namespace = 'default' } = environment;
    return {
      address,
      namespace,
      client,
      connection,
      sleep: (ms) => environment.sleep(ms),
      stop: () => environment.teardown(),
    };
  } catch (error) {
    throw new Error(
      `Temporal's time-skipping test server did not start; the SDK downloads it from temporal.download. Without it leave timeSkipping out, and give waits short timeouts. (${errorText(error)})`,
      { cause: error },
    );
  }
}

function timeSkipping(): typeof import('@temporalio/testing') {
  try {
    return require('@temporalio/testing') as typeof import('@temporalio/testing');
  } catch (error) {
    throw new Error('Time skipping needs a package of the Temporal SDK: npm install --save-dev @temporalio/testing.', {
      cause: error,
    });
  }
}
