/**
 * Never throwing: a codec whose `decode` gives back what it cannot decode, marked as unreadable.
 *
 * Where a codec throws, Temporal tries the whole workflow task again, for ever. One that gives the payload back leaves
 * it to the guard, which refuses a message and lets the run go on. The payload never passes as what it was: a codec that
 * refuses plain JSON must not have it accepted.
 *
 * @module
 */
import type { Payload, PayloadCodec } from '@temporalio/common';
import { errorText, unreadable } from '../protocol';

/**
 * Wrap a codec for which a payload that it throws on is bad for good. Not for one that throws because a key server is
 * away for a while: trying again is right there.
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
