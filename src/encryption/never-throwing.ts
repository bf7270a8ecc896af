/**
 * Never throwing: a codec whose `decode` marks what it cannot decode as unreadable.
 *
 * Where a codec throws, Temporal retries the whole workflow task for ever. Marked payloads are left to the guard, which
 * refuses the message and lets the run go on. They never pass as what they were: a codec that refuses plain JSON must
 * not have it accepted.
 *
 * @module
 */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { errorText, unreadable } from '../protocol';

/**
 * Wrap a codec whose failure to decode a payload is permanent. Not one that throws while a key server is away: there a
 * retry is right.
 */
export function neverThrowing(codec: PayloadCodec): PayloadCodec {
  return {
    encode: (payloads, context) => codec.encode(payloads, context),
    decode: async (payloads, context) => {
      const decoded = payloads.map(async (payload) => {
        try {
          return await codec.decode([payload], context);
        } catch (error) {
          const encoding = unreadable(encodingOf(payload), errorText(error));
          return [{ ...payload, metadata: { ...payload.metadata, encoding: Buffer.from(encoding) } }];
        }
      });
      return (await Promise.all(decoded)).flat();
    },
  };
}

/** Its encoding; empty when it has none. */
export function encodingOf({ metadata }: Payload): string {
  return Buffer.from(metadata?.['encoding'] ?? []).toString();
}
