/**
 * Metered server: a dev server whose own counters can be read.
 *
 * Temporal counts the actions that Temporal Cloud bills in its metric `action`, by the request, command or
 * message that made them. Counters reach the metric about once a second, so a reading sends a mark of its
 * own after what is to be counted, and waits until the mark is counted.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { whenServing } from '../../src/testing/check-server';
import { freePort } from '../../src/testing/free-port';
import { spawnServer } from '../../src/testing/server-process';

/** By kind of action: `grpc_StartWorkflowExecution`, `command_ScheduleActivityTask` and so on. */
export type Actions = Readonly<Record<string, number>>;

export interface MeteredServer {
  readonly address: string;
  /** All since the server's start, of the namespace `default`. */
  actions(): Promise<Actions>;
  /** Those that happened meanwhile. */
  actionsOf(work: () => Promise<unknown>): Promise<Actions>;
  stop(): Promise<void>;
}

const MARK_ACTION = 'grpc_StartWorkflowExecution';
/** How often the metric is read until the mark is in it. */
const INTERVAL_MS = 50;

export async function startMeteredServer(): Promise<MeteredServer> {
  const [port, httpPort, metricsPort] = [await freePort(), await freePort(), await freePort()];
  const flags = { ip: '127.0.0.1', port, 'http-port': httpPort, 'metrics-port': metricsPort, 'log-level': 'error' };
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const path = process.env['COUNTERSIGN_TEST_TEMPORAL'] as string;
  const server = spawnServer(path, ['server', 'start-dev', '--headless', ...args], {
    env: process.env,
    endsGently: false,
  });
  await Promise.race([whenServing(httpPort, 'default', AbortSignal.timeout(30_000)), server.failed]);
  const address = `127.0.0.1:${port}`;
  const connection = await Connection.connect({ address });
  const { workflow } = new Client({ connection });
  let marks = 0;

  async function read(): Promise<Record<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const counted: Record<string, number> = {};
    for (const [, labels = '', value] of text.matchAll(/^action\{(.*)\} (\S+)$/gm)) {
      const label = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(labels)?.[1] ?? '';
      if (label('namespace') !== 'default') continue;
      counted[label('action_type')] = (counted[label('action_type')] ?? 0) + Number(value);
    }
    return counted;
  }

  async function mark(): Promise<Record<string, number>> {
    const before = (await read())[MARK_ACTION] ?? 0;
    await workflow.start('mark', { workflowId: crypto.randomUUID(), taskQueue: 'nobody' });
    marks += 1;
    for (;;) {
      const counted = await read();
      if ((counted[MARK_ACTION] ?? 0) > before) return counted;
      await delay(INTERVAL_MS);
    }
  }

  async function actions(): Promise<Actions> {
    // A reading may be taken in the middle of a count: what was there before the first mark is whole with the second.
    await mark();
    const { [MARK_ACTION]: starts = 0, ...others } = await mark();
    return { ...others, [MARK_ACTION]: starts - marks };
  }

  return {
    address,
    actions,
    async actionsOf(work) {
      const before = await actions();
      await work();
      const after = await actions();
      const grown = Object.entries(after).map(([type, count]) => [type, count - (before[type] ?? 0)] as const);
      return Object.fromEntries(grown.filter(([, count]) => count > 0).sort());
    },
    async stop() {
      await connection.close();
      await server.stop();
    },
  };
}

export function sum(actions: Actions): number {
  return Object.values(actions).reduce((total, count) => total + count, 0);
}
