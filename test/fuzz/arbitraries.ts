/**
 * Arbitraries: what anybody can send to a run, from almost right to plain bytes.
 *
 * @module
 */
import fc from 'fast-check';
import type { Payload } from '@temporalio/common';

/** Text with halves of characters, control characters and all else that JSON can hold. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: fc.integer({ min: 0xd700, max: 0xe010 }).map((code) => String.fromCharCode(code)), maxLength: 5 }),
  fc.constantFrom('', ' ', 'yes', '\ud800', '\udc00x', '\0', '__proto__', 'constructor', '`` ` ```', '${x}'),
);

const key = fc.oneof(text, fc.constantFrom('response', 'type', 'inputId', '__proto__', 'toString', 'toJSON', 'then'));

export const number = fc.oneof(
  fc.double(),
  fc.constantFrom(0, -0, -1, 0.5, 2 ** 53, -(2 ** 53) - 2, 1e20, 1e308, 5e-324, 9e15, -1e9),
);

export const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** Once in so many times, and one; else null. */
function seldom<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: times, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

/** Nearly what `object` takes: any of the fields, right or not, and perhaps another one. */
export function nearly(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> {
  const spoilt = Object.fromEntries(
    Object.entries(fields).map(([name, right]) => [name, fc.oneof({ weight: 15, arbitrary: right }, json)]),
  );
  return fc
    .tuple(
      fc.record(spoilt, { requiredKeys: [] }),
      seldom(5, fc.tuple(key, json)),
      seldom(15, fc.constantFrom(...Object.keys(fields))),
    )
    .map(([object, more, large]) => ({
      ...object,
      ...(more === null ? {} : { [more[0]]: more[1] }),
      ...(large === null ? {} : { [large]: 'x'.repeat(300_000) }),
    }));
}

const url = fc.oneof(text, fc.constantFrom('https://example.com/a.png', 'data:image/png;base64,AAAA'));
const contentPart = fc.oneof(
  text.map((said) => ({ type: 'text', text: said })),
  url.map((from) => ({ type: 'image_url', image_url: { url: from } })),
  nearly({
    type: fc.constantFrom('text', 'image_url', 'input_audio', 'file', 'constructor'),
    text,
    image_url: nearly({ url, detail: fc.constantFrom('low', 'auto') }),
    input_audio: nearly({ data: fc.constantFrom('AAAA', 'AAA'), format: fc.constantFrom('wav', '') }),
    file: nearly({ file_data: url, file_id: text, filename: text }),
  }),
);
/** What a user says, or nearly. */
export const content: fc.Arbitrary<unknown> = fc.oneof(text, fc.array(contentPart, { maxLength: 3 }));

/** Text that is JSON, or nearly: what no serializer writes. */
const oddJsonText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: json.map((value) => JSON.stringify(value)) },
  { weight: 4, arbitrary: json.map((value) => JSON.stringify(value).slice(0, -1)) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '',
      '{"response":"yes","__proto__":{"admin":true}}',
      '{"__countersign_undecodable":{"toString":1}}',
      `{"__countersign_undecodable":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
      '{"response":1e400}',
      '{"response":"\\ud800"}',
      '{"response":"😀',
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      `{"response":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`,
      '{"response":"yes","response":"no"}',
      '\ufeff"yes"',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `{"__countersign_undecodable":"${'x'.repeat(1_800_000)}"}`,
      `{"${'k'.repeat(1_900_000)}":1}`,
      `[${'1e20,'.repeat(300_000)}1]`,
    ),
  },
);

const encoding = fc.oneof(
  { weight: 6, arbitrary: fc.constant('json/plain') },
  {
    weight: 4,
    arbitrary: fc.constantFrom('json/protobuf', 'binary/plain', 'binary/null', 'binary/protobuf', 'what/ever', ''),
  },
);
const bytes = fc.oneof(
  { weight: 8, arbitrary: oddJsonText.map((value) => Buffer.from(value)) },
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 100 }).map((value) => Buffer.from(value)) },
  { weight: 1, arbitrary: fc.constant(Buffer.alloc(1_900_000, 0xfe)) },
);

/** Any bytes under any encoding. */
const anyPayload: fc.Arbitrary<Payload> = fc
  .record({ encoding, bytes, more: seldom(9, fc.tuple(fc.string(), bytes)) })
  .map(({ encoding: name, bytes: data, more }) => ({
    metadata: {
      ...(name === '' ? {} : { encoding: Buffer.from(name) }),
      ...(more === null ? {} : { [more[0]]: more[1].subarray(0, 100) }),
    },
    data,
  }));

/** Payloads of one message: mostly one, of something that is nearly right. As much as Temporal takes. */
export function payloads(right: fc.Arbitrary<unknown>): fc.Arbitrary<readonly Payload[]> {
  const plain = (value: unknown): Payload => ({
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify(value)),
  });
  return fc
    .oneof(
      { weight: 6, arbitrary: right.map((value) => [plain(value)]) },
      { weight: 3, arbitrary: json.map((value) => [plain(value)]) },
      { weight: 5, arbitrary: anyPayload.map((value) => [value]) },
      { weight: 1, arbitrary: fc.array(anyPayload, { maxLength: 3 }) },
    )
    .filter((sent) => sent.reduce((sum, { data }) => sum + (data?.length ?? 0), 0) < 2_000_000);
}

/** What a payload holds, cut: to be told when a test fails. */
export function shown(sent: readonly Payload[]): string {
  return sent
    .map(({ metadata, data }) => {
      const encoded =
        metadata?.['encoding'] === undefined ? 'no encoding' : Buffer.from(metadata['encoding']).toString();
      return `${encoded}, ${data?.length ?? 0} bytes: ${JSON.stringify(
        Buffer.from(data ?? [])
          .toString()
          .slice(0, 200),
      )}`;
    })
    .join(' + ');
}
