/**
 * Production server: what docker-compose.yml starts, without docker. PostgreSQL and a Temporal server with their
 * data in one folder, prepared by the same scripts, on loopback.
 *
 * Both processes can be killed and started again, which is what it is for in tests; `npm run server` runs it for
 * whoever has no docker.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findTemporal } from 'countersign/testing';
import { type Binaries, findBinaries } from './binaries';
import type { Child } from './child';
import { claim } from './claim';
import { freePort, isFree } from './free-port';
import { type Postgres, preparePostgres } from './postgres';
import { serving } from './serving';
import { type Port, PORTS, temporalServer } from './temporal-server';

export interface ProductionServer {
  /** `host:port` of Temporal. */
  readonly address: string;
  readonly namespace: string;
  readonly folder: string;
  readonly postgres: Postgres;
  readonly temporal: Child;
  /** Starts what does not run, and resolves when the namespace is served. @throws Error after two minutes. */
  serve(): Promise<void>;
  stop(): Promise<void>;
}

export interface ProductionServerOptions {
  /** Where its data and logs are; made when it is not there. One folder serves one server at a time. */
  readonly folder: string;
  /** Of Temporal. Default: any that is free. */
  readonly port?: number;
  /** Default: `default`. */
  readonly namespace?: string;
  /** More of the server's dynamic configuration, beside what docker-compose.yml gives it. */
  readonly dynamicConfig?: Readonly<Record<string, number | boolean>>;
  /** One line about what takes long. */
  readonly say?: (line: string) => void;
}

/** Of this repository, from build/tools/production as from tools/production. */
const SCRIPTS = join(resolve(require.resolve('countersign/package.json'), '..'), 'docker/temporal');

/** Resolves when it serves. @throws Error when something is not installed, or does not start; its logs are in the folder. */
export async function startProductionServer(options: ProductionServerOptions): Promise<ProductionServer> {
  const folder = resolve(options.folder);
  const isNew = mkdirSync(folder, { recursive: true }) !== undefined || readdirSync(folder).length === 0;
  const release = claim(folder);
  try {
    return await startIn(folder, isNew, release, options);
  } catch (error) {
    release();
    throw error;
  }
}

async function startIn(
  folder: string,
  isNew: boolean,
  release: () => void,
  { namespace = 'default', say = () => undefined, ...options }: ProductionServerOptions,
): Promise<ProductionServer> {
  const binaries = await findBinaries(say);
  const ports = await choosePorts(join(folder, 'ports.json'), options.port);
  const address = `127.0.0.1:${ports.frontend}`;
  const postgres = await preparePostgres({
    folder: join(folder, 'postgres'),
    port: await freePort(Object.values(ports)),
    binaries: binaries.postgres,
    isNew,
  });
  const temporal = temporalServer({
    binary: binaries.server,
    folder: join(folder, 'temporal'),
    postgres,
    ports,
    dynamicConfigFile: dynamicConfigFile(folder, options.dynamicConfig ?? {}),
  });
  const stop = async (): Promise<void> => {
    try {
      await temporal.stop();
      await postgres.child.stop();
    } finally {
      release();
    }
  };
  const serve = async (): Promise<void> => {
    await postgres.serve();
    // Each of its services joins in its own time: the frontend and the database, then matching, then history.
    const api = `http://127.0.0.1:${ports.http}/api/v1/namespaces/${namespace}`;
    await serving(temporal, api);
    await serving(temporal, `${api}/task-queues/none`);
    await serving(temporal, `${api}/workflows/none`, NOT_FOUND);
  };
  try {
    const tools = await toolFolder(folder, binaries);
    await postgres.serve();
    await run('setup-schema.sh', tools, {
      SQL_PLUGIN: 'postgres12',
      SQL_HOST: '127.0.0.1',
      SQL_PORT: String(postgres.port),
      SQL_USER: 'temporal',
      SQL_PASSWORD: postgres.password,
    });
    await serving(temporal, `http://127.0.0.1:${ports.http}/api/v1/cluster-info`);
    await run('create-namespace.sh', tools, { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
    await serve();
  } catch (error) {
    await stop();
    throw error;
  }
  return { address, namespace, folder, postgres, temporal, serve, stop };
}

function dynamicConfigFile(folder: string, more: Readonly<Record<string, number | boolean>>): string {
  const file = join(SCRIPTS, 'dynamic-config.yaml');
  const settings = Object.entries(more);
  if (settings.length === 0) return file;
  const own = join(folder, 'dynamic-config.yaml');
  const added = settings.map(([name, value]) => `${name}:\n  - value: ${value}\n`);
  writeFileSync(own, [readFileSync(file, 'utf8'), ...added].join('\n'));
  return own;
}

/** The scripts name the tools as their docker images do. */
async function toolFolder(folder: string, { sqlTool }: Binaries): Promise<string> {
  const tools = join(folder, 'tools');
  rmSync(tools, { recursive: true, force: true });
  mkdirSync(tools);
  symlinkSync(sqlTool, join(tools, 'temporal-sql-tool'));
  const cli = await findTemporal({ env: { ...process.env, TEMPORAL_ADDRESS: undefined } });
  if (cli.kind === 'binary') symlinkSync(cli.path, join(tools, 'temporal'));
  return tools;
}

async function run(script: string, tools: string, env: Readonly<Record<string, string>>): Promise<void> {
  const path = [tools, process.env['PATH']].join(delimiter);
  // What tells the CLI of another server must not reach it.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  const whole = { ...Object.fromEntries(inherited), ...env, PATH: path };
  await promisify(execFile)('sh', [join(SCRIPTS, script)], { env: whole });
}

const NOT_FOUND = 404;

/** The same ones as before where they are free: the database remembers for a while which members the cluster had. */
async function choosePorts(file: string, frontend: number | undefined): Promise<Readonly<Record<Port, number>>> {
  if (frontend !== undefined && !(await isFree(frontend)))
    throw new Error(`Port ${frontend} is in use: stop what listens there, or give another with --port.`);
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<Port, number>>) : {};
  const chosen: Partial<Record<Port, number>> = frontend === undefined ? {} : { frontend };
  for (const name of PORTS) {
    const kept = before[name];
    const taken = Object.values(chosen);
    const isKept = kept !== undefined && !taken.includes(kept) && (await isFree(kept));
    chosen[name] ??= isKept ? kept : await freePort(taken);
  }
  writeFileSync(file, JSON.stringify(chosen));
  return chosen as Readonly<Record<Port, number>>;
}
