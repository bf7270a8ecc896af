/**
 * Kept parts: what of a reply goes back in the next request.
 *
 * Reasoning and its signature as they came; of texts and calls only their place and metadata, since the transcript has
 * their words.
 *
 * @module
 */
import { isPlainObject, jsonBytes, jsonProblem, LIMITS, type JsonObject, type ProviderFields } from '../../protocol';
import { readSpan, type Span } from '../joined-texts';
import type { Metadata, ReplyPart } from './shapes';

export type KeptPart =
  | { readonly type: 'reasoning'; readonly text: string; readonly metadata?: Metadata }
  /** `span`: which part of the reply's text it is, if not all. */
  | { readonly type: 'text'; readonly span?: Span; readonly metadata?: Metadata }
  | { readonly type: 'tool-call'; readonly toolCallId: string; readonly metadata?: Metadata };

/**
 * @param of Their owner.
 * @param spans Of the texts, in order: their place in the reply's text.
 * @returns `undefined` when the provider wants nothing back, or more than can be kept.
 */
export function keepParts(of: string, parts: readonly ReplyPart[], spans: readonly Span[]): ProviderFields | undefined {
  let texts = 0;
  if (!parts.some(({ type, metadata }) => type === 'reasoning' || metadata !== undefined)) return undefined;
  const kept = parts.map((part): JsonObject => {
    const also = part.metadata === undefined ? {} : { metadata: part.metadata };
    if (part.type === 'tool-call') return { type: part.type, toolCallId: part.toolCallId, ...also };
    if (part.type === 'reasoning') return { type: part.type, text: part.text, ...also };
    const span = spans.length > 1 ? spans[texts] : undefined;
    texts += 1;
    return { type: part.type, ...span, ...also };
  });
  const fields = { of, message: { parts: kept } };
  const fits = jsonProblem(fields, LIMITS.wrapDepth) === undefined && jsonBytes(fields) <= LIMITS.providerFieldsBytes;
  return fits ? fields : undefined;
}

/** What `keepParts` kept, from wherever a context was. */
export function keptParts(message: Readonly<Record<string, unknown>> | undefined): readonly KeptPart[] {
  const parts = message?.['parts'];
  return (Array.isArray(parts) ? parts : []).flatMap((part: unknown): KeptPart[] => {
    if (!isPlainObject(part)) return [];
    const { type, text, toolCallId, metadata } = part;
    const also = isPlainObject(metadata) ? { metadata: metadata as Metadata } : {};
    if (type === 'reasoning' && typeof text === 'string') return [{ type, text, ...also }];
    const span = readSpan(part);
    if (type === 'text') return [{ type, ...(span === undefined ? {} : { span }), ...also }];
    return type === 'tool-call' && typeof toolCallId === 'string' ? [{ type, toolCallId, ...also }] : [];
  });
}
