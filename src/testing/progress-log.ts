/**
 * Progress log: progress for places where lines cannot be overwritten, without filling a log.
 *
 * @module
 */

/** How often a line is written that differs only in its numbers. Unit: milliseconds. */
const EVERY_MS = 15_000;

/** @returns Writes a line at once when it says something new, and every 15 s when only its numbers do. */
export function progressLog(write: (line: string) => void, now: () => number = Date.now): (line: string) => void {
  let last = { line: '', at: Number.NEGATIVE_INFINITY };
  return (line) => {
    if (line === last.line || (wordsOf(line) === wordsOf(last.line) && now() - last.at < EVERY_MS)) return;
    last = { line, at: now() };
    write(line);
  };
}

function wordsOf(line: string): string {
  return line.replaceAll(/\d+/g, '#');
}
