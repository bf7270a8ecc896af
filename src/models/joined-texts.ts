/**
 * Joined texts: joins the texts of a reply, and splits them again when it goes back.
 *
 * @module
 */

const BETWEEN = '\n\n';

export interface TextPiece {
  readonly text: string;
  /** It continues the piece before, perhaps within a sentence. */
  readonly continues: boolean;
}

/** A piece's place in the whole, in UTF-16 units. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export function joinTexts(pieces: readonly TextPiece[]): { readonly content: string; readonly spans: readonly Span[] } {
  let content = '';
  const spans = pieces.map(({ text, continues }): Span => {
    if (content !== '' && text !== '' && !continues) content += BETWEEN;
    const from = content.length;
    content += text;
    return { from, to: content.length };
  });
  return { content, spans };
}

/** @returns A text for each span. If `content` is not what they were made of, the first has all of it. */
export function textsAt(content: string, spans: readonly (Span | undefined)[]): readonly string[] {
  let at = 0;
  const texts = spans.map((span) => {
    if (span === undefined || span.to < span.from) return undefined;
    const between = content.slice(at, span.from);
    if (span.from < at || (between !== '' && between !== BETWEEN)) return undefined;
    at = span.to;
    return content.slice(span.from, span.to);
  });
  return at === content.length && texts.every((text) => text !== undefined)
    ? texts
    : spans.map((_span, nth) => (nth === 0 ? content : ''));
}

/** @param kept What a context kept, from anywhere. */
export function readSpan({ from, to }: Readonly<Record<string, unknown>>): Span | undefined {
  return Number.isSafeInteger(from) && Number.isSafeInteger(to)
    ? { from: from as number, to: to as number }
    : undefined;
}
