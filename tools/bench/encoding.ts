/**
 * Encoding: with COUNTERSIGN_ENCRYPTION_KEYS set, both sides of the benchmark are encrypted, client and workers.
 *
 * @module
 */
import { encryptedDataConverter, keysFromEnvironment } from 'countersign/encryption';

const keys = keysFromEnvironment();

export const encoding = keys === undefined ? {} : { dataConverter: encryptedDataConverter(keys) };
