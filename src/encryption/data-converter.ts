/**
 * Data converter: everything that a client and a worker need to encrypt what they send, error messages included.
 *
 * @module
 */
import type { DataConverter } from '@temporalio/common';
import { encryptionCodec } from './codec';
import type { EncryptionKeys } from './keys';

/**
 * A `dataConverter` for `AgentClient.connect`, `createWorker`, and Temporal's own clients and workers. A prebuilt
 * bundle needs its `failureConverterPath` too.
 *
 * @throws AgentError `INVALID_DEFINITION` when the keys cannot be used; `INVALID_OPTION`.
 */
export function encryptedDataConverter(
  keys: EncryptionKeys,
): DataConverter & { readonly failureConverterPath: string } {
  return { payloadCodecs: [encryptionCodec(keys)], failureConverterPath: require.resolve('./failure-converter') };
}
