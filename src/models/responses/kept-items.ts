/**
 * Kept items: what of a response goes back in the next request.
 *
 * Encrypted reasoning as it came; of messages and calls only their place, since the transcript has their words.
 *
 * @module
 */
import { isPlainObject, jsonBytes, jsonProblem, LIMITS, type JsonObject, type ProviderFields } from '../../protocol';
import { asJsonParse } from '../exact-json';
import { readSpan, type Span } from '../joined-texts';

export type KeptItem =
  | { readonly type: 'reasoning'; readonly item: JsonObject }
  /** `also`: the phase of its work. `span`: its part of the reply's text, if not all. */
  | { readonly type: 'message'; readonly also: JsonObject; readonly span?: Span }
  | { readonly type: 'function_call'; readonly call_id: string };

/**
 * @param of Their owner.
 * @param spans Of the messages, in order: their place in the reply's text.
 * @returns `undefined` when there is no reasoning, or more than can be kept.
 */
export function keepItems(of: string, output: readonly unknown[], spans: readonly Span[]): ProviderFields | undefined {
  let messages = 0;
  const items = output.flatMap((item): JsonObject[] => {
    if (!isPlainObject(item)) return [];
    const { type, id, summary, encrypted_content: encrypted, phase, call_id } = item;
    // Without its content, the provider would look for it in storage that is off.
    if (type === 'reasoning' && typeof encrypted === 'string' && encrypted !== '') {
      const own = { ...(typeof id === 'string' ? { id } : {}), summary: Array.isArray(summary) ? summary : [] };
      return [{ type, ...own, encrypted_content: encrypted }];
    }
    if (type === 'message') {
      const span = spans.length > 1 ? spans[messages] : undefined;
      messages += 1;
      return [{ type, ...(typeof phase === 'string' ? { phase } : {}), ...span }];
    }
    if (type === 'function_call' && typeof call_id === 'string') return [{ type, call_id }];
    return [];
  });
  if (!items.some(({ type, phase }) => type === 'reasoning' || phase !== undefined)) return undefined;
  const fields = { of, message: { items } };
  const fits = jsonProblem(fields, LIMITS.wrapDepth) === undefined && jsonBytes(fields) <= LIMITS.providerFieldsBytes;
  return fits ? asJsonParse(fields) : undefined;
}

/** What `keepItems` kept, from wherever a context was. */
export function keptItems(message: Readonly<Record<string, unknown>> | undefined): readonly KeptItem[] {
  const items = message?.['items'];
  return (Array.isArray(items) ? items : []).flatMap((item: unknown): KeptItem[] => {
    if (!isPlainObject(item)) return [];
    const { type, call_id, phase } = item;
    if (type === 'reasoning') return [{ type, item: item as JsonObject }];
    if (type === 'message') {
      const span = readSpan(item);
      const also = typeof phase === 'string' ? { phase } : {};
      return [{ type, also, ...(span === undefined ? {} : { span }) }];
    }
    return type === 'function_call' && typeof call_id === 'string' ? [{ type, call_id }] : [];
  });
}
