/**
 * Paint: colours, where somebody can see them.
 *
 * @module
 */
import { styleText } from 'node:util';

export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

/** Colours only on a terminal that has them and without NO_COLOR (https://no-color.org). */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(style, text, { stream });
}
