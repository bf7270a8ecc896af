/**
 * Text: the words of models, tools and people, made safe for a terminal.
 *
 * A terminal obeys what it is sent: colours, cursor, title, clipboard. So whatever others wrote passes
 * through here before it is printed, and nothing of it is obeyed.
 *
 * @module
 */
import { stripVTControlCharacters } from 'node:util';
import { inertLine, inertText } from '../protocol';

/** As it is, with its lines. */
export function plainText(text: string): string {
  return inertText(stripVTControlCharacters(text));
}

/** On one line. */
export function oneLine(text: string): string {
  return inertLine(stripVTControlCharacters(text));
}

/** At most so many columns of it. */
export function fitted(text: string, columns: number): string {
  const characters = [...text];
  if (width(characters) <= columns) return text;
  while (characters.length > 0 && width(characters) > columns - 1) characters.pop();
  return `${characters.join('')}…`;
}

/** The last so many columns of it. */
export function ending(text: string, columns: number): string {
  const characters = [...text];
  if (width(characters) <= columns) return text;
  let from = characters.length;
  for (let room = columns - 1; from > 0; from -= 1) {
    room -= width(characters.slice(from - 1, from));
    if (room < 0) break;
  }
  return `…${characters.slice(from).join('')}`;
}

/** How many columns a line of text takes. */
export function columnsOf(text: string): number {
  return width([...text]);
}

function width(characters: readonly string[]): number {
  return characters.reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}

/** What takes two columns, roughly: East Asian scripts and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u;
