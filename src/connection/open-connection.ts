/**
 * Open connection: opens a client's connection to Temporal, or gives it up for good.
 *
 * gRPC waits longer after each failed attempt, up to two minutes, and all connections of a process to an address share
 * that wait: one early look at a starting server would make later ones fail. Rule: every client connection is opened
 * here.
 *
 * @module
 */
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { AgentError, errorText } from '../protocol';
import { DEFAULT_ADDRESS } from './settings';

const CHANNEL: NonNullable<ConnectionOptions['channelArgs']> = {
  // Does not share the waits of other connections.
  'grpc.use_local_subchannel_pool': 1,
  // So that a client finds a server again within seconds of its return. Unit: milliseconds.
  'grpc.max_reconnect_backoff_ms': 5000,
};

/** `https_proxy` and the like are for other machines' servers. */
const LOCAL_CHANNEL = { ...CHANNEL, 'grpc.enable_http_proxy': 0 };
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/**
 * Connects. On failure the connection is closed and stops trying.
 *
 * @throws AgentError `INVALID_SETTING` when the SDK refuses the options; what the SDK throws when it cannot connect.
 */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const channel = LOOPBACK.test(options.address ?? DEFAULT_ADDRESS) ? LOCAL_CHANNEL : CHANNEL;
  const connection = prepare({ ...options, channelArgs: { ...channel, ...options.channelArgs } });
  try {
    await connection.ensureConnected();
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function prepare(options: ConnectionOptions): Connection {
  try {
    return Connection.lazy(options);
  } catch (error) {
    throw refusedSettings(error);
  }
}

/** The SDK cannot use an option, such as a URL as address or a file that is no certificate. */
export function refusedSettings(error: unknown): AgentError {
  const message = `No connection to Temporal can be made with these settings: ${errorText(error)}`;
  return new AgentError('INVALID_SETTING', message, { name: 'connection' }, { cause: error });
}
