/**
 * Arguments: what the benchmark is told to measure.
 *
 * Read before anything is started. What is misspelt is said, with what there is.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { MEASUREMENTS, type Scale } from './measurements';
import { parseReport, type Report } from './report';

export interface Arguments extends Scale {
  readonly only: readonly string[];
  readonly isJson: boolean;
  readonly isList: boolean;
  /** More of the servers' dynamic configuration, each as `name=value`. */
  readonly server: readonly string[];
  /** An earlier report. */
  readonly compare: Report | undefined;
}

const OPTIONS = {
  only: { type: 'string', default: Object.keys(MEASUREMENTS).join(',') },
  list: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  compare: { type: 'string' },
  server: { type: 'string', multiple: true },
  runs: { type: 'string', default: '5' },
  'at-once': { type: 'string', default: '1000' },
  parked: { type: 'string', default: '2000' },
  turns: { type: 'string', default: '1000' },
} as const;

/** @throws Error In words for whoever typed them. */
export function readArguments(given: readonly string[]): Arguments {
  const { values, tokens } = parseArgs({ args: [...given], options: OPTIONS, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') throw new Error(`"${token.value}" is no option. There are: ${optionNames()}.`);
    const option: { readonly type: string } | undefined = Object.hasOwn(OPTIONS, token.name)
      ? OPTIONS[token.name as keyof typeof OPTIONS]
      : undefined;
    if (option === undefined) throw new Error(`There is no option ${token.rawName}. There are: ${optionNames()}.`);
    if (option.type === 'string' && token.value === undefined) throw new Error(`${token.rawName} takes a value.`);
    if (option.type === 'boolean' && token.value !== undefined) throw new Error(`${token.rawName} takes no value.`);
  }
  return {
    only: measurementNames(String(values.only)),
    isJson: values.json === true,
    isList: values.list === true,
    server: serverSettings(values.server),
    compare: typeof values.compare === 'string' ? earlierReport(values.compare) : undefined,
    runs: wholeNumber('--runs', values.runs, 1),
    atOnce: wholeNumber('--at-once', values['at-once'], 1),
    parked: wholeNumber('--parked', values.parked, 10),
    turns: wholeNumber('--turns', values.turns, 8),
  };
}

function measurementNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !Object.hasOwn(MEASUREMENTS, name));
  if (unknown.length === 0) return [...new Set(names)];
  const known = Object.keys(MEASUREMENTS).join(', ');
  throw new Error(`There is no measurement ${unknown.map((name) => `"${name}"`).join(', ')}. There are: ${known}.`);
}

function wholeNumber(option: string, value: unknown, least: number): number {
  const number = Number(value);
  if (value === '' || !Number.isInteger(number) || number < least)
    throw new Error(`${option} takes a whole number from ${least}, not "${String(value)}".`);
  return number;
}

function serverSettings(given: unknown): readonly string[] {
  const settings = Array.isArray(given) ? given.map(String) : [];
  const wrong = settings.find((setting) => !/^[\w.]+=./.test(setting));
  if (wrong === undefined) return settings;
  throw new Error(
    `--server takes a setting as name=value, such as matching.numTaskqueueReadPartitions=1, not "${wrong}".`,
  );
}

function earlierReport(path: string): Report {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`--compare: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const report = parseReport(text);
  if (report === undefined) throw new Error(`--compare: ${path} is not what --json printed.`);
  return report;
}

function optionNames(): string {
  return Object.keys(OPTIONS)
    .map((name) => `--${name}`)
    .join(', ');
}
