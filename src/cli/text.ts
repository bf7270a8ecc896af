/**
 * Text: words of models, tools and people, made safe for a terminal.
 *
 * A terminal obeys what it is sent (colours, cursor, title, clipboard), so foreign text passes through here before it
 * is printed.
 *
 * @module
 */
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { inertLine, inertText } from '../protocol';

/** Keeps its lines. */
export function plainText(text: string): string {
  return inertText(stripVTControlCharacters(text));
}

/** On one line. */
export function oneLine(text: string): string {
  return inertLine(stripVTControlCharacters(text));
}

/** At most that many columns of it. */
export function fitted(text: string, columns: number): string {
  return columnsOf(text) <= columns ? text : `${kept(charactersOf(text), columns - 1).join('')}…`;
}

/** The last that many columns of it. */
export function ending(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  return `…${kept(charactersOf(text).reverse(), columns - 1)
    .reverse()
    .join('')}`;
}

function kept(characters: readonly string[], columns: number): string[] {
  let room = columns;
  const end = characters.findIndex((character) => (room -= columnsOf(character)) < 0);
  return characters.slice(0, end < 0 ? undefined : end);
}

/** The columns of a line of text. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** As a person counts: an emoji of several parts is one. */
function charactersOf(text: string): string[] {
  return [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
}
