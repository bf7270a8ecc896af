/**
 * Codec: payloads encrypted with AES-256-GCM, in the format of Temporal's own samples.
 *
 * A whole payload, metadata included, becomes the data of another one with the encoding `binary/encrypted` and the
 * key's id: 12 bytes of nonce, the ciphertext, 16 bytes of tag. Unencrypted payloads pass through, so that people can
 * answer from a UI or CLI without a key. Only the bytes are authenticated, not their sender or their run.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { ENCRYPTED_ENCODING, KEY_PROBLEMS } from '../protocol';
import { settleKeys, type EncryptionKeys, type SettledKeys } from './keys';
import { encodingOf, neverThrowing } from './never-throwing';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = 'encryption-key-id';
const ENCODING = Buffer.from(ENCRYPTED_ENCODING);

/**
 * A payload codec for a client's and a worker's `dataConverter`. Error messages need `encryptedDataConverter`.
 *
 * Decoding never throws: a payload with an unknown key, or changed bytes, is refused where it is used.
 *
 * @throws AgentError `INVALID_DEFINITION` when the keys cannot be used; `INVALID_OPTION`.
 */
export function encryptionCodec(keys: EncryptionKeys): PayloadCodec {
  const settled = settleKeys(keys);
  return neverThrowing({
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, settled)),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, settled)),
  });
}

function encrypt(payload: Payload, { use }: SettledKeys): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, use.key, nonce);
  const data = cipher.update(temporal.api.common.v1.Payload.encode(payload).finish());
  return {
    metadata: { encoding: ENCODING, [KEY_ID]: Buffer.from(use.id) },
    data: Buffer.concat([nonce, data, cipher.final(), cipher.getAuthTag()]),
  };
}

/** @throws Error with the reason. */
function decrypt(payload: Payload, { byId }: SettledKeys): Payload {
  if (encodingOf(payload) !== ENCRYPTED_ENCODING) return payload;
  const id = Buffer.from(payload.metadata?.[KEY_ID] ?? []).toString();
  const key = byId.get(id);
  if (key === undefined) throw new Error(KEY_PROBLEMS.unknown(id));
  const data = payload.data ?? Buffer.alloc(0);
  try {
    const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(data.subarray(Math.max(NONCE_BYTES, data.length - TAG_BYTES)));
    const plain = [decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return temporal.api.common.v1.Payload.decode(Buffer.concat(plain));
  } catch {
    throw new Error(KEY_PROBLEMS.misfit(id));
  }
}
