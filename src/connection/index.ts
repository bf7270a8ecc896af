/**
 * Connection: how worker, client and command line reach a Temporal server.
 *
 * @module
 */
export { connectError } from './connect-error';
export { adviceFor, causeOf, GRPC, grpcErrorOf } from './grpc-error';
export { openConnection } from './open-connection';
export {
  type ConnectionSettings,
  DEFAULT_ADDRESS,
  type Environment,
  readNamespace,
  readSettings,
  setting,
} from './settings';
export { isTriedSdk, warnOfUntriedSdk } from './sdk-version';
