/**
 * Inert text: the words of models, tools and people, as nothing but what a person sees of them.
 *
 * The writer of a question must not hide parts of it from its reader, or give orders to a surface: so control characters,
 * those that turn the direction of writing and those that show nothing are left out.
 *
 * @module
 */

/** Control and direction characters, halves of characters, and what is shown as nothing. Not the line feed. */
const UNSEEN = /[^\P{Cc}\n]|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}|[\u2028\u2029\ufff9-\ufffb]/gu;
/** Shown as a space, and is none. */
const BLANK = /[\u2800\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;

/** As it is seen, with its lines. */
export function inertText(text: string): string {
  return text
    .replaceAll('\t', ' ')
    .replace(/\r\n?/g, '\n')
    .replace(UNSEEN, '')
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(BLANK, ' ');
}

/** The same on one line. */
export function inertLine(text: string): string {
  return inertText(text).replace(/\s+/g, ' ').trim();
}

/** JSON that says the same, of characters that every surface shows and none obeys: the others are written as escapes. */
export function inertJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /\p{Cc}|\p{Cs}|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}|[\u2028\u2029\ufff9-\ufffb\u2800`'<>&]/gu,
    (character) => escaped(character, (code) => `\\u${hex(code, 4)}`),
  );
}

/** A text as one word of a shell: of a POSIX one, or where it holds what is not seen, of bash and zsh. */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  const hasUnseen =
    /\p{Cc}|\p{Cs}|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}|[\u2028\u2029\ufff9-\ufffb\u2800`]/u;
  if (!hasUnseen.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const inner = text.replace(
    /[\\'`]|\p{Cc}|\p{Cs}|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}|[\u2028\u2029\ufff9-\ufffb\u2800]/gu,
    (character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x80) return `\\x${hex(code, 2)}`;
      return code > 0xffff ? `\\U${hex(code, 8)}` : `\\u${hex(code, 4)}`;
    },
  );
  return `$'${inner}'`;
}

/** Each half of a character beyond the first plane by itself, as JSON has it. */
function escaped(character: string, escape: (code: number) => string): string {
  return Array.from({ length: character.length }, (_half, nth) => escape(character.charCodeAt(nth))).join('');
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
