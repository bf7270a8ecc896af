/**
 * Effects: a file per scenario, to which each effect adds a line.
 *
 * @module
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Effect {
  readonly name: string;
  /** The same for each attempt of one operation, and for an operation that was performed twice. */
  readonly key: string;
  readonly attempt: number;
}

export function recordEffect(folder: string, scenario: string, effect: Effect): void {
  appendFileSync(fileOf(folder, scenario), `${JSON.stringify(effect)}\n`);
}

/**
 * How often each effect happened, by name.
 *
 * Temporal repeats an attempt that was lost with its worker; that is one effect. The same attempt of the same
 * operation twice is two: a body ran again.
 */
export function countEffects(folder: string, scenario: string): Record<string, number> {
  const file = fileOf(folder, scenario);
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  const effects = lines.map((line) => JSON.parse(line) as Effect);
  const counts: Record<string, number> = {};
  for (const { name, key } of new Map(effects.map((effect) => [effect.key, effect])).values()) {
    const attempts = effects.filter((effect) => effect.key === key).map(({ attempt }) => attempt);
    const times = Math.max(...attempts.map((attempt) => attempts.filter((other) => other === attempt).length));
    counts[name] = (counts[name] ?? 0) + times;
  }
  return counts;
}

function fileOf(folder: string, scenario: string): string {
  return join(folder, `${scenario}.effects`);
}
