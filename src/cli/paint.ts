/**
 * Paint: colours, where there is somebody to see them.
 *
 * @module
 */
import { styleText } from 'node:util';

export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

/** Colours only on a terminal that has them, and none when NO_COLOR says so (https://no-color.org). */
export function paintFor(stream: NodeJS.WritableStream): Paint {
  return (style, text) => styleText(style, text, { stream });
}
