/**
 * Report: the outcome for a person, as a table.
 *
 * @module
 */
import type { Outcome } from './scenario';

/** So many findings of a kind are shown in words; the others are counted. */
const SHOWN = 5;

export function showOutcome({ figures, faults, findings, answersInFlight, endedAlone }: Outcome): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  const rows: readonly (readonly [string, string | number])[] = [
    ['runs', `${figures.runs}: ${figures.ended} ended, ${figures.parked} parked, ${figures.links} links`],
    ['faults', list(faults)],
    ['answers in flight when they began', answersInFlight],
    ['ended by themselves', list(endedAlone)],
    ['driver started', figures.driverStarts],
    ['questions', figures.questions],
    ['answers', `${figures.answers}, sent ${figures.tries} times, of which ${figures.unknownTries} without an outcome`],
    ['settled', `${figures.settled}; timed out ${figures.expired}`],
    ['refused', list(figures.refused)],
    ['to a run that had ended', figures.toEndedRun],
    ['effects', `${figures.effects}, ${figures.effectAttemptsAgain} attempts again`],
    ['effects reported as unknown', figures.unknownEffects],
    ['lost', figures.lost],
    ['doubled', figures.doubled],
    ['events seen', figures.eventsSeen],
    ['findings', findings.length],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
  return [table, ...showFindings(findings)].join('\n');
}

function showFindings(findings: Outcome['findings']): readonly string[] {
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  return kinds.flatMap((kind) => {
    const found = findings.filter((finding) => finding.kind === kind);
    const more = found.length > SHOWN ? [`  and ${found.length - SHOWN} more`] : [];
    return [
      '',
      `${kind}, ${found.length}:`,
      ...found.slice(0, SHOWN).map(({ run, text }) => `  ${run}: ${text}`),
      ...more,
    ];
  });
}
