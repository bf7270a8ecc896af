/**
 * Temporal server: the production server with all its services in one process, as `temporalio/server` in
 * docker-compose.yml runs it, on the same dynamic configuration.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child';
import { DATABASE_USER, type Postgres } from './postgres';

export interface TemporalServerOptions {
  readonly binary: string;
  readonly folder: string;
  readonly postgres: Pick<Postgres, 'port' | 'password'>;
  /** One for each of PORTS. */
  readonly ports: Readonly<Record<Port, number>>;
  readonly dynamicConfigFile: string;
}

export const PORTS = [
  'frontend',
  'frontendMembership',
  'http',
  'history',
  'historyMembership',
  'matching',
  'matchingMembership',
  'workerMembership',
] as const;
export type Port = (typeof PORTS)[number];

/** As in docker-compose.yml. Cannot be changed once there are runs. */
const HISTORY_SHARDS = 64;

/** Not started. */
export function temporalServer(options: TemporalServerOptions): Child {
  const { binary, folder } = options;
  mkdirSync(folder, { recursive: true });
  const configFile = join(folder, 'config.json');
  writeFileSync(configFile, JSON.stringify(configuration(options), null, 2), { mode: 0o600 }); // JSON is YAML too.
  return new Child({
    command: binary,
    args: ['--config-file', configFile, '--allow-no-auth', 'start'],
    logFile: join(folder, '..', 'temporal.log'),
  });
}

function configuration({ postgres, ports, dynamicConfigFile }: TemporalServerOptions): object {
  const database = (databaseName: string, maxConns: number): object => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${postgres.port}`,
      connectProtocol: 'tcp',
      user: DATABASE_USER,
      password: postgres.password,
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const rpc = (grpcPort: number, membershipPort: number): object => ({
    grpcPort,
    membershipPort,
    bindOnIP: '127.0.0.1',
  });
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'default',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: { default: database('temporal', 20), visibility: database('temporal_visibility', 10) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' }, pprof: { port: 0 } },
    services: {
      frontend: { rpc: { ...rpc(ports.frontend, ports.frontendMembership), httpPort: ports.http } },
      matching: { rpc: rpc(ports.matching, ports.matchingMembership) },
      history: { rpc: rpc(ports.history, ports.historyMembership) },
      worker: { rpc: { membershipPort: ports.workerMembership, bindOnIP: '127.0.0.1' } },
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports.frontend}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: { history: { state: 'disabled' }, visibility: { state: 'disabled' } },
    publicClient: { hostPort: `127.0.0.1:${ports.frontend}` },
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: '10s' },
  };
}
