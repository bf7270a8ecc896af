/**
 * Encryption: keeps a run's content unreadable to the Temporal server and its database.
 *
 * @module
 */
export { encryptionCodec } from './codec';
export { startCodecServer, type CodecServer, type CodecServerOptions } from './codec-server';
export { encryptedDataConverter } from './data-converter';
export { keysFromEnvironment, type EncryptionKeys } from './keys';
export { neverThrowing } from './never-throwing';
