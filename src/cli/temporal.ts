/**
 * Temporal: the server that a command uses.
 *
 * A configured one wins (as for the Temporal CLI: environment, `temporal.toml`), then one at the usual address, then
 * one started here, which ends with this process. `--port` always starts one.
 *
 * @module
 */
import { Client, type Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { AgentClient } from '../client';
import { connectError, type ConnectionSettings, GRPC, grpcErrorOf, openConnection, readSettings } from '../connection';
import { errorText } from '../protocol';
import { startDevServer } from '../testing';
import { findUi } from './temporal-ui';

export interface Temporal {
  readonly address: string;
  readonly namespace: string;
  /** Absent: no web UI is known. */
  readonly uiUrl?: string;
  readonly origin: 'configured' | 'found' | 'started';
  readonly client: AgentClient;
  readonly connection: NativeConnection;
  /** What client and worker encode with. Absent: Temporal's own. */
  readonly dataConverter?: DataConverter;
  close(): Promise<void>;
}

export interface TemporalOptions {
  /** Start a server here, whatever else exists. */
  readonly port?: number;
  readonly dataConverter?: DataConverter;
  /** Told of what takes long. */
  readonly onProgress: (text: string) => void;
}

const USUAL_ADDRESS = '127.0.0.1:7233';
/** Unit: milliseconds. */
const CONFIGURED_WITHIN_MS = 5000;
/** It is on this machine or nowhere. Unit: milliseconds. */
const FOUND_WITHIN_MS = 1000;

/** A server to connect to, and how. */
type Place = Pick<ConnectionSettings, 'options' | 'tlsSetBy'> &
  Pick<Temporal, 'address' | 'namespace' | 'origin' | 'uiUrl' | 'dataConverter'>;

/** TLS and keys are configured for the configured server, not for this machine's. */
const PLAIN = { options: {}, tlsSetBy: undefined };

/**
 * @throws AgentError `TEMPORAL_UNREACHABLE` or `INVALID_SETTING`; Error when a server cannot be started or lacks the
 *   namespace.
 */
export async function openTemporal({ port, onProgress, ...encoding }: TemporalOptions): Promise<Temporal> {
  const { address, namespace, options, tlsSetBy } = readSettings();
  if (address !== undefined && port === undefined) {
    onProgress(`Connecting to the Temporal server at ${address}`);
    return await connectTo({ ...encoding, address, namespace, options, tlsSetBy, origin: 'configured' });
  }
  onProgress('Looking for a Temporal server');
  const usual = { ...PLAIN, ...encoding, address: USUAL_ADDRESS, namespace, origin: 'found' as const };
  const connection =
    port === undefined
      ? await openConnection({ address: USUAL_ADDRESS, connectTimeout: FOUND_WITHIN_MS }).catch(() => undefined)
      : undefined;
  if (connection !== undefined) return await open(connection, usual);
  return await start(namespace, port, onProgress, encoding);
}

async function start(
  namespace: string,
  port: number | undefined,
  onProgress: (text: string) => void,
  encoding: Pick<Temporal, 'dataConverter'>,
): Promise<Temporal> {
  onProgress('Starting a Temporal dev server');
  const server = await startDevServer({
    namespace,
    env: { ...process.env, TEMPORAL_ADDRESS: undefined },
    onProgress,
    ...(port === undefined ? {} : { port }),
  });
  try {
    const { address, uiUrl } = server;
    const place = { ...PLAIN, ...encoding, address, namespace, origin: 'started' as const };
    const temporal = await connectTo({ ...place, ...(uiUrl === undefined ? {} : { uiUrl }) });
    return {
      ...temporal,
      close: async () => {
        await temporal.close();
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function connectTo(place: Place): Promise<Temporal> {
  const { address, options } = place;
  let connection: Connection;
  try {
    connection = await openConnection({ ...options, address, connectTimeout: CONFIGURED_WITHIN_MS });
  } catch (error) {
    throw await unreachable(error, place);
  }
  return await open(connection, place);
}

const ADVICE = 'start one there, or set TEMPORAL_ADDRESS to another, or to nothing to have one started';

function unreachable(error: unknown, { address, options, tlsSetBy }: Place): Promise<Error> {
  return connectError(error, { ...options, address, tlsSetBy, advice: ADVICE });
}

async function open(connection: Connection, place: Place): Promise<Temporal> {
  const { address, namespace, dataConverter } = place;
  try {
    const namespaceId = await findNamespace(connection, address, namespace);
    const uiUrl =
      place.uiUrl ?? (namespaceId === undefined ? undefined : await findUi(address, namespace, namespaceId));
    const encoding = dataConverter === undefined ? {} : { dataConverter };
    const client = new AgentClient(new Client({ connection, namespace, ...encoding }), connection);
    const native = await NativeConnection.connect({ ...place.options, address }).catch(async (error: unknown) => {
      throw await unreachable(error, place);
    });
    const close = async (): Promise<void> => {
      await client.close();
      await native.close();
    };
    return { ...place, ...(uiUrl === undefined ? {} : { uiUrl }), client, connection: native, close };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** @returns Its id; undefined when we may not look. */
async function findNamespace(connection: Connection, address: string, namespace: string): Promise<string | undefined> {
  try {
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    return namespaceInfo?.id ?? undefined;
  } catch (error) {
    const code = grpcErrorOf(error)?.code;
    if (code === GRPC.notFound) {
      throw new Error(
        `The Temporal server at ${address} has no namespace "${namespace}": create it (temporal operator namespace create --address ${address} --namespace ${namespace}), or set TEMPORAL_NAMESPACE.`,
      );
    }
    if (code === GRPC.unauthenticated) {
      throw new Error(
        `The Temporal server at ${address} refused us: check TEMPORAL_API_KEY or the TLS settings. (${errorText(error)})`,
      );
    }
    // It may be allowed to use a namespace, and not to describe it.
    if (code === GRPC.permissionDenied) return undefined;
    throw error;
  }
}
