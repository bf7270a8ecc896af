/**
 * Open connection: a client's connection to Temporal, opened or given up for good.
 *
 * gRPC waits longer after each failed attempt, up to two minutes, and all connections of a process to an address share
 * that wait. So one look at a server that is not there yet would make later connections to it fail. Rule: every
 * connection of a client is opened here.
 *
 * @module
 */
import { Connection, type ConnectionOptions } from '@temporalio/client';
import { AgentError, errorText } from '../protocol';
import { DEFAULT_ADDRESS } from './settings';

const CHANNEL: NonNullable<ConnectionOptions['channelArgs']> = {
  // Attempts of its own, so that it does not wait for those of other connections.
  'grpc.use_local_subchannel_pool': 1,
  // A client whose server was away for minutes finds it again within seconds. Unit: milliseconds.
  'grpc.max_reconnect_backoff_ms': 5000,
};

/** A server on this machine is not behind a proxy: `https_proxy` and the like are for other servers. */
const LOCAL_CHANNEL = { ...CHANNEL, 'grpc.enable_http_proxy': 0 };
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/**
 * Connect. What could not be connected is closed, and tries no more.
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

/** The SDK cannot use an option, such as an address that is a URL, or a certificate that is none. */
export function refusedSettings(error: unknown): AgentError {
  const message = `No connection to Temporal can be made with these settings: ${errorText(error)}`;
  return new AgentError('INVALID_SETTING', message, { name: 'connection' }, { cause: error });
}
