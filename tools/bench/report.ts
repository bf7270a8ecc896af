/**
 * Report: figures for a person, as tables, and for a program, as one JSON object.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { VERSION } from 'openai/version';
import type { BenchServer } from './bench';
import type { Comparison } from './compare';
import type { Figure } from './figure';
import type { Scale } from './measurements';

/** Where and with what it was measured: figures of two reports can be compared as they are only where these agree. */
export interface Environment {
  readonly countersign: string;
  readonly temporalSdk: string;
  readonly temporalServer: string;
  readonly openai: string;
  readonly node: string;
  readonly platform: string;
  readonly cpus: number;
  readonly memoryGiB: number;
}

/** What `--json` prints and `--compare` reads. */
export interface Report {
  readonly measuredAt: string;
  readonly environment: Environment;
  readonly scale: Scale;
  readonly figures: readonly Figure[];
  /** With `--compare`. */
  readonly comparisons?: readonly Comparison[];
}

export async function readEnvironment({ client }: BenchServer): Promise<Environment> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return {
    countersign: versionOf('countersign'),
    temporalSdk: versionOf('@temporalio/client'),
    temporalServer: serverVersion ?? 'unknown',
    openai: VERSION,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cpus: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

/** @returns None when it is not what `--json` printed. */
export function parseReport(text: string): Report | undefined {
  let report: Partial<Report> | null;
  try {
    report = JSON.parse(text) as Partial<Report> | null;
  } catch {
    return undefined;
  }
  const isFigure = ({ name, ours, reading, samples }: Partial<Figure>): boolean =>
    typeof name === 'string' && typeof ours === 'number' && typeof reading === 'object' && Array.isArray(samples?.ours);
  const isReport =
    typeof report?.environment === 'object' && Array.isArray(report.figures) && report.figures.every(isFigure);
  return isReport ? (report as Report) : undefined;
}

export function showFigures(figures: readonly Figure[]): string {
  return table([['', 'ours', 'bare', 'ratio', 'target', ''], ...figures.map(row)]);
}

/** @param before The report that they are compared with. */
export function showComparisons(comparisons: readonly Comparison[], before: Report, now: Environment): string {
  const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
  const rows = comparisons.map((one) => [
    `${one.name}, ${one.unit}`,
    one.before.toFixed(3),
    one.now.toFixed(3),
    percent(Math.abs(one.worseBy)),
    percent(one.noise),
    one.verdict,
  ]);
  const isElsewhere = JSON.stringify(before.environment) !== JSON.stringify(now);
  return [
    `Ratios of ours to bare, beside those of ${before.measuredAt}:`,
    table([['', 'then', 'now', 'change', 'noise', ''], ...rows]),
    ...(isElsewhere ? [`That was measured elsewhere: ${showEnvironment(before.environment)}`] : []),
  ].join('\n');
}

export function showEnvironment(environment: Environment): string {
  const { cpus, memoryGiB, platform, node, temporalSdk, temporalServer, openai, countersign } = environment;
  return (
    `countersign ${countersign}, Temporal server ${temporalServer}, SDK ${temporalSdk}, openai ${openai}, ` +
    `Node ${node}, ${platform}, ${cpus} CPUs, ${memoryGiB} GiB`
  );
}

/** The first column to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map(line).join('\n');
}

function row({ name, unit, ours, bare, ratio, target, missedBy = 0 }: Figure): readonly string[] {
  const measured = [`${name}, ${unit}`, show(ours), bare === undefined ? '' : show(bare), ratio?.toFixed(3) ?? ''];
  if (target === undefined) return [...measured, '', ''];
  const wanted = `${target.of === 'ratio' ? 'ratio ' : ''}${target.bound} ${show(target.value)}`;
  return [...measured, wanted, missedBy === 0 ? 'met' : `missed by ${(missedBy * 100).toFixed(1)} %`];
}

function show(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8')) as { version: string }).version;
}
