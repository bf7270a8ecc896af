/**
 * Keys: the encryption keys, by id.
 *
 * One encrypts and all decrypt, so a key can be changed while runs last. A key's text never appears in an error.
 *
 * @module
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { AgentError, checkOptions, KINDS, needed, type OptionTable } from '../protocol';

export interface EncryptionKeys {
  /** 32 bytes each, or their base64, by an id that is readable beside every payload. */
  readonly keys: Readonly<Record<string, Uint8Array | string>>;
  /** The id of the key for new payloads. The others only decrypt. */
  readonly use: string;
}

/** Keys that were checked. */
export interface SettledKeys {
  readonly byId: ReadonlyMap<string, KeyObject>;
  readonly use: { readonly id: string; readonly key: KeyObject };
}

const KEYS: OptionTable<EncryptionKeys> = { keys: needed(KINDS.object), use: needed(KINDS.text) };

const VARIABLE = 'COUNTERSIGN_ENCRYPTION_KEYS';
/** AES-256. */
const KEY_BYTES = 32;
const ID_CHARS = 200;

/**
 * The keys of `COUNTERSIGN_ENCRYPTION_KEYS`: `k2:base64,k1:base64`, of which the first encrypts.
 *
 * @returns `undefined` when it is not set.
 * @throws AgentError `INVALID_DEFINITION` when it cannot be used.
 */
export function keysFromEnvironment(env: NodeJS.ProcessEnv = process.env): EncryptionKeys | undefined {
  const text = env['COUNTERSIGN_ENCRYPTION_KEYS']?.trim();
  if (!text) return undefined;
  const named = text.split(',').map((part, nth): readonly [string, string] => {
    const at = part.lastIndexOf(':');
    if (at < 0) throw unusable(`Part ${nth + 1} of ${VARIABLE} has no id: write it as id:base64.`);
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  const ids = named.map(([id]) => id);
  const twice = ids.find((id, nth) => ids.indexOf(id) !== nth);
  if (twice !== undefined) throw unusable(`${VARIABLE} has two keys "${twice}": give each an id of its own.`);
  const keys = { keys: Object.fromEntries(named), use: ids[0] as string };
  settleKeys(keys);
  return keys;
}

/** @throws AgentError `INVALID_DEFINITION` or `INVALID_OPTION`. */
export function settleKeys(given: EncryptionKeys): SettledKeys {
  checkOptions('The encryption', given, KEYS);
  const { keys, use } = given;
  const byId = new Map(Object.entries(keys).map(([id, key]) => [checkId(id), toKey(id, key)]));
  const key = byId.get(use);
  if (key !== undefined) return { byId, use: { id: use, key } };
  const known = byId.size === 0 ? 'there are none' : `there are ${[...byId.keys()].map((id) => `"${id}"`).join(', ')}`;
  throw unusable(`There is no encryption key "${use}" to use: ${known}.`);
}

function checkId(id: string): string {
  if (id !== '' && id.length <= ID_CHARS && /^[^\p{Cc},]+$/u.test(id)) return id;
  throw unusable(`The id of an encryption key must be a text of 1 to ${ID_CHARS} characters without commas.`);
}

function toKey(id: string, given: Uint8Array | string): KeyObject {
  const isText = typeof given === 'string';
  if (isText && !/^[\w+/-]+={0,2}$/.test(given)) {
    throw unusable(`The encryption key "${id}" is not base64: make one with openssl rand -base64 ${KEY_BYTES}.`);
  }
  const bytes = isText ? Buffer.from(given, 'base64') : given;
  if (bytes.length === KEY_BYTES) return createSecretKey(bytes);
  throw unusable(
    `The encryption key "${id}" has ${bytes.length} bytes, not ${KEY_BYTES}: make one with openssl rand -base64 ${KEY_BYTES}.`,
  );
}

function unusable(message: string): AgentError {
  return new AgentError('INVALID_DEFINITION', message, { name: VARIABLE });
}
