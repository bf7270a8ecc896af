/**
 * Kept parts: what of a reply goes back with it in the next request.
 *
 * Reasoning as it came, with what the provider signed it with; of texts and calls their place and what the provider said
 * beside them, as their words are in the transcript.
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
 * @param of Whose they are.
 * @param spans Of the texts, in their order: where each stands in the reply's text.
 * @returns Nothing where the provider wants nothing back, or too much to be kept.
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

/** What `keepParts` kept: it comes back from wherever a context was. */
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
