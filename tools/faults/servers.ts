/**
 * Servers: the two kinds of Temporal server, as processes that can be killed and started again with what they kept.
 *
 * @module
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findTemporal } from 'countersign/testing';
import { Child } from '../production/child';
import { freePort } from '../production/free-port';
import { startProductionServer } from '../production/production-server';
import { serving } from '../production/serving';
import type { SmallDisk } from './small-disk';

export type ServerKind = 'production' | 'dev';

export interface FaultServer {
  readonly kind: ServerKind;
  readonly port: number;
  readonly namespace: string;
  /** Its processes by the names of victims. */
  readonly processes: Readonly<Record<string, Child>>;
  /** Of its own, small enough to be filled. */
  readonly disk?: SmallDisk;
  /** Starts what does not run, and resolves when it serves. */
  serve(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs go on in a new link between two steps when they have so many history events: most of them do once or twice. */
const LINK_EVENTS = 30;
const SETTINGS = { 'limit.historyCount.suggestContinueAsNew': LINK_EVENTS } as const;

/** @param folder Of its data and logs. @param disk Of the dev server's data. */
export async function startServer(kind: ServerKind, folder: string, disk?: SmallDisk): Promise<FaultServer> {
  mkdirSync(folder, { recursive: true });
  return kind === 'production' ? await production(folder) : await dev(folder, disk);
}

async function production(folder: string): Promise<FaultServer> {
  const server = await startProductionServer({
    folder,
    dynamicConfig: SETTINGS,
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const { address, namespace, temporal, postgres, serve, stop } = server;
  const port = Number(address.split(':').at(-1));
  return {
    kind: 'production',
    port,
    namespace,
    processes: { server: temporal, database: postgres.child },
    serve,
    stop,
  };
}

/** The dev server of countersign/testing ends in order; this one is killed. It keeps its runs in a file. */
async function dev(folder: string, disk: SmallDisk | undefined): Promise<FaultServer> {
  const cli = await findTemporal({ env: { ...process.env, TEMPORAL_ADDRESS: undefined } });
  if (cli.kind !== 'binary') throw new Error('There is no Temporal CLI to run a dev server with.');
  const [port, httpPort] = [await freePort(), await freePort()];
  const settings = {
    ...SETTINGS,
    'history.transferProcessorMaxPollRPS': 2000,
    'history.timerProcessorMaxPollRPS': 2000,
    'history.visibilityProcessorMaxPollRPS': 2000,
    'frontend.enableServerVersionCheck': false,
  };
  const dynamic = Object.entries(settings).flatMap(([name, value]) => ['--dynamic-config-value', `${name}=${value}`]);
  const flags = Object.entries({
    ip: '127.0.0.1',
    port: String(port),
    'http-port': String(httpPort),
    'log-level': 'error',
    'db-filename': join(disk?.folder ?? folder, 'temporal.db'),
  }).flatMap(([name, value]) => [`--${name}`, value]);
  const server = new Child({
    command: cli.path,
    args: ['server', 'start-dev', '--headless', ...flags, ...dynamic],
    logFile: join(folder, 'temporal.log'),
  });
  const serve = async (): Promise<void> =>
    await serving(server, `http://127.0.0.1:${httpPort}/api/v1/namespaces/default`);
  await serve();
  const stop = (): Promise<void> => server.stop();
  const found = { kind: 'dev', port, namespace: 'default', processes: { server }, serve, stop } as const;
  return disk === undefined ? found : { ...found, disk };
}
