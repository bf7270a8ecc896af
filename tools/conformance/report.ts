/**
 * Report: a verdict for a person, or for a program.
 *
 * @module
 */
import type { Verdict } from './perform-all';

export function show({ id, title, ms, differences }: Verdict): string {
  const seconds = `${(ms / 1000).toFixed(1)} s`;
  if (differences.length === 0) return `ok    ${id} (${seconds})`;
  const parts = differences.map(({ part, lines }) => [`      ${part}:`, ...lines.map((line) => `        ${line}`)]);
  return [`FAIL  ${id} (${seconds}): ${title}`, ...parts.flat()].join('\n');
}

/** One line. */
export function showJson({ id, title, ms, differences }: Verdict): string {
  return JSON.stringify({ id, title, passed: differences.length === 0, ms, differences });
}
