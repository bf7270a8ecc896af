/**
 * Report: figures for a person, as a table, and for a program, as one JSON object.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { VERSION } from 'openai/version';
import type { Bench } from './bench';
import type { Figure } from './figure';

/** Where and with what it was measured: figures of two reports can be compared only where these agree. */
export interface Setting {
  readonly date: string;
  readonly countersign: string;
  readonly temporalSdk: string;
  readonly temporalServer: string;
  readonly openai: string;
  readonly node: string;
  readonly platform: string;
  readonly cpus: number;
  readonly memoryGiB: number;
}

export async function readSetting({ client }: Bench): Promise<Setting> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return {
    date: new Date().toISOString(),
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

const HEADINGS = ['', 'ours', 'bare', 'ratio', 'target', ''] as const;

export function showFigures(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(row)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return rows.map(line).join('\n');
}

export function showSetting(setting: Setting): string {
  const { date, cpus, memoryGiB, platform, node, temporalSdk, temporalServer, openai, countersign } = setting;
  return (
    `countersign ${countersign}, Temporal server ${temporalServer}, SDK ${temporalSdk}, openai ${openai}, ` +
    `Node ${node}, ${platform}, ${cpus} CPUs, ${memoryGiB} GiB, ${date}`
  );
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
