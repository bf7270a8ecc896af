import { webcrypto } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { temporal as proto } from '@temporalio/proto';
import { encryptionCodec, type EncryptionKeys, keysFromEnvironment, neverThrowing } from '../../src/encryption';
import { keys } from '../setup/encryption';
import { json, payload } from '../setup/temporal';

const K1 = Buffer.alloc(32, 1);
const codec = encryptionCodec(keys('k1'));

/** An encrypted payload, with all its parts. */
interface Sealed {
  readonly metadata: Record<string, Uint8Array>;
  readonly data: Uint8Array;
}

async function encoded(value: unknown, by: PayloadCodec = codec): Promise<Sealed> {
  return (await by.encode([json(value)]))[0] as Sealed;
}

/** What a run, an activity or a client makes of it: its value, or why there is none. */
async function read(given: Payload, by: PayloadCodec = codec): Promise<unknown> {
  const [decoded] = await by.decode([given]);
  try {
    return defaultPayloadConverter.fromPayload(decoded as Payload);
  } catch (error) {
    return (error as Error).message;
  }
}

test('what is encoded is decoded, its metadata too, and holds nothing of itself', async () => {
  const secret = { response: 'the secret word', list: [1, null] };
  const sealed = await encoded(secret);
  expect(await read(sealed)).toEqual(secret);
  expect(Buffer.from(sealed.data).includes('secret')).toBe(false);
  expect(Object.entries(sealed.metadata).map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([
    ['encoding', 'binary/encrypted'],
    ['encryption-key-id', 'k1'],
  ]);
});

test('the format is that of Temporal’s samples: the whole payload under AES-256-GCM, nonce first, tag last', async () => {
  const key = await webcrypto.subtle.importKey('raw', K1, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const sealed = (await encoded('hello')).data;
  const plain = await webcrypto.subtle.decrypt(
    { name: 'AES-GCM', iv: sealed.subarray(0, 12), tagLength: 128 },
    key,
    sealed.subarray(12),
  );
  expect(defaultPayloadConverter.fromPayload(proto.api.common.v1.Payload.decode(new Uint8Array(plain)))).toBe('hello');

  const iv = webcrypto.getRandomValues(new Uint8Array(12));
  const inner = proto.api.common.v1.Payload.encode(json('from elsewhere')).finish();
  const theirs = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv, tagLength: 128 }, key, inner);
  const metadata = { encoding: Buffer.from('binary/encrypted'), 'encryption-key-id': Buffer.from('k1') };
  expect(await read({ metadata, data: Buffer.concat([iv, Buffer.from(theirs)]) })).toBe('from elsewhere');
});

test('no two payloads have the same bytes', async () => {
  const sealed = await Promise.all(Array.from({ length: 100 }, () => encoded('same')));
  expect(new Set(sealed.map(({ data }) => Buffer.from(data).toString('hex'))).size).toBe(100);
});

test('a payload grows by some 85 bytes and the length of its key’s id', async () => {
  const size = (one: Payload): number => proto.api.common.v1.Payload.encode(one).finish().length;
  const growth = await Promise.all(
    [0, 10, 100, 1000, 10_000, 100_000].map(async (length) => {
      const text = 'x'.repeat(length);
      return size(await encoded(text)) - size(json(text));
    }),
  );
  expect(growth.map((bytes) => bytes - 'k1'.length)).toEqual([83, 83, 84, 84, 84, 85]);
});

test('what is not encrypted passes through untouched', async () => {
  for (const given of [json({ a: 1 }), payload('what/ever', 'x'), { metadata: {}, data: Buffer.from('x') }, {}]) {
    expect(await codec.decode([given])).toEqual([given]);
  }
});

test('an old key still decrypts, and new payloads are of the one in use', async () => {
  const rotated = encryptionCodec(keys('k2', 'k1'));
  expect(await read(await encoded('old'), rotated)).toBe('old');
  expect(Buffer.from((await encoded('new', rotated)).metadata['encryption-key-id'] ?? []).toString()).toBe('k2');
});

const NOT_KNOWN = 'it is encrypted with the key "k3", which is not known here';
const NO_FIT = 'it does not fit the key "k1": its bytes were changed, or the key is another one here';

const bad: readonly [string, (sealed: Sealed) => Payload, string][] = [
  ['of a key that is not known', (sealed) => withKeyId(sealed, 'k3'), NOT_KNOWN],
  ['without a key id', ({ data }) => ({ metadata: { encoding: Buffer.from('binary/encrypted') }, data }), 'the key ""'],
  ['with a very long key id', (sealed) => withKeyId(sealed, 'k'.repeat(100_000)), `the key "${'k'.repeat(40)}…"`],
  ['without data', ({ metadata }) => ({ metadata }), NO_FIT],
  ['with a byte changed', (sealed) => withData(sealed, (data) => data.with(20, (data[20] as number) ^ 1)), NO_FIT],
  ['with another nonce', (sealed) => withData(sealed, (data) => data.with(0, (data[0] as number) ^ 1)), NO_FIT],
  ['with a tag that is cut short', (sealed) => withData(sealed, (data) => data.subarray(0, -12)), NO_FIT],
  ['of 10 bytes', (sealed) => withData(sealed, (data) => data.subarray(0, 10)), NO_FIT],
  ['of 20 bytes', (sealed) => withData(sealed, (data) => data.subarray(0, 20)), NO_FIT],
  ['that anybody could have made', (sealed) => withData(sealed, () => Buffer.alloc(64, 7)), NO_FIT],
];

test.each(bad)('a payload %s does not throw, and whoever uses it is told why', async (_name, spoil, why) => {
  const sealed = spoil(await encoded('hello'));
  expect(await read(sealed)).toContain(why);
  expect(await codec.decode([json(1), sealed, json(2)])).toMatchObject([json(1), {}, json(2)]);
});

test('another key under a known id is no key', async () => {
  const other = encryptionCodec({ keys: { k1: Buffer.alloc(32, 9) }, use: 'k1' });
  expect(await read(await encoded('hello'), other)).toContain(NO_FIT);
});

test('a codec that throws is made one that does not, and what it refused stays refused', async () => {
  const strict = neverThrowing({
    encode: async (payloads) => payloads,
    decode: async () => {
      throw new Error('it is not signed');
    },
  });
  expect(await read(json('plain JSON'), strict)).toBe(
    'Unknown encoding: json/plain; unreadable here: it is not signed',
  );
});

test('keys are read from the environment, the first one is used', () => {
  const text = `k2:${K1.toString('base64')}, arn:aws:kms:k1:${K1.toString('base64url')}`;
  expect(keysFromEnvironment({ COUNTERSIGN_ENCRYPTION_KEYS: text })).toMatchObject({ use: 'k2' });
  expect(Object.keys(keysFromEnvironment({ COUNTERSIGN_ENCRYPTION_KEYS: text })?.keys ?? {})).toEqual([
    'k2',
    'arn:aws:kms:k1',
  ]);
  expect(keysFromEnvironment({})).toBeUndefined();
  expect(keysFromEnvironment({ COUNTERSIGN_ENCRYPTION_KEYS: ' ' })).toBeUndefined();
});

const SHORT = Buffer.from('a very secret short key').toString('base64');

test.each<[string, string, RegExp]>([
  ['without an id', K1.toString('base64'), /Part 1 of COUNTERSIGN_ENCRYPTION_KEYS has no id/],
  ['with an empty id', `:${K1.toString('base64')}`, /id of an encryption key must be/],
  ['too short', `k1:${SHORT}`, /"k1" has 23 bytes, not 32: make one with openssl/],
  ['not base64', 'k1:päßword', /"k1" is not base64/],
  ['twice', `k1:${K1.toString('base64')},k1:${K1.toString('base64')}`, /two keys "k1"/],
  ['followed by nothing', `k1:${K1.toString('base64')},`, /Part 2 .* has no id/],
])('a key %s is refused, without a word of it', (_name, text, why) => {
  const read = (): unknown => keysFromEnvironment({ COUNTERSIGN_ENCRYPTION_KEYS: text });
  expect(read).toThrow(expect.objectContaining({ code: 'INVALID_DEFINITION', message: expect.stringMatching(why) }));
  expect(read).not.toThrow(new RegExp(`${SHORT}|päß|${K1.toString('base64').slice(0, 20)}`));
});

test.each<[string, EncryptionKeys, RegExp]>([
  ['that is not there', { keys: { k1: K1 }, use: 'k2' }, /no encryption key "k2" to use: there are "k1"/],
  ['among none', { keys: {}, use: 'k1' }, /there are none/],
  ['of 16 bytes', { keys: { k1: K1.subarray(16) }, use: 'k1' }, /16 bytes/],
])('a key to use %s is refused when the codec is made', (_name, given, why) => {
  expect(() => encryptionCodec(given)).toThrow(why);
});

function withKeyId({ metadata, data }: Sealed, id: string): Payload {
  return { metadata: { ...metadata, 'encryption-key-id': Buffer.from(id) }, data };
}

function withData({ metadata, data }: Sealed, change: (data: Uint8Array) => Uint8Array): Payload {
  return { metadata, data: change(new Uint8Array(data)) };
}
