/**
 * Program: reads the command line, runs the command, and ends the process.
 *
 * Every failure is one line on stderr and an exit code that is not 0: 2 when the command line cannot be
 * used, 130 after Ctrl-C, else 1.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_TASK_QUEUE, errorText } from '../protocol';
import { debugText, exitCodeOf, failureLine, UsageError } from './failure';
import { Lifetime } from './lifetime';
import { SYNOPSIS, USAGE } from './usage';

type Command = 'demo' | 'dev' | 'codec-server';

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  message: { type: 'string' },
  answer: { type: 'string' },
  tools: { type: 'string' },
  'task-queue': { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  origin: { type: 'string', multiple: true },
} as const;

/** The options that are not for every command. */
const ONLY_DEMO = ['message', 'answer'] as const;
const ONLY_CODEC_SERVER = ['host', 'origin'] as const;
const NOT_CODEC_SERVER = [...ONLY_DEMO, 'tools', 'task-queue'] as const;

const CODEC_SERVER_PORT = 8888;

/** Never rejects: it ends the process. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const lifetime = new Lifetime();
  const fail = (error: unknown): void => {
    process.stderr.write(`countersign: ${failureLine(error)}\n`);
    const more = debugText(error) ?? (error instanceof UsageError ? SYNOPSIS : undefined);
    if (more !== undefined) process.stderr.write(`${more}\n`);
  };
  process.on('uncaughtException', (error) => {
    fail(error);
    process.exit(1);
  });
  process.stdout.on('error', () => process.exit(1)); // Nobody reads any more.
  let exitCode = 0;
  try {
    await lifetime.unlessInterrupted(run(args, lifetime));
  } catch (error) {
    exitCode = exitCodeOf(error);
    fail(error);
  }
  await lifetime.end();
  process.exit(lifetime.exitCode ?? exitCode);
}

async function run(args: readonly string[], lifetime: Lifetime): Promise<void> {
  const { values, positionals } = parse(args);
  const [command, module, agent, ...rest] = positionals;
  if (values.help === true || command === 'help') return print(USAGE[commandOf(positionals)]);
  if (values.version === true) return print(version());
  if (command === undefined) throw new UsageError('Name a command.');
  if (!isCommand(command)) throw new UsageError(`There is no command "${command}".`);
  const port = values.port === undefined ? undefined : readPort(values.port);
  const refuse = (names: readonly (keyof typeof OPTIONS)[]): void => {
    const misplaced = names.find((name) => values[name] !== undefined);
    if (misplaced !== undefined) throw new UsageError(`${command} takes no --${misplaced}.`);
  };
  if (command === 'codec-server') {
    if (module !== undefined) throw new UsageError(`codec-server takes no "${module}".`);
    refuse(NOT_CODEC_SERVER);
    const { codecServer } = require('./codec-server') as typeof import('./codec-server');
    const host = nonEmpty(values.host, '--host') ?? '127.0.0.1';
    await codecServer({ port: port ?? CODEC_SERVER_PORT, host, origins: values.origin ?? [] }, lifetime);
    return;
  }
  refuse(ONLY_CODEC_SERVER);
  const common = {
    taskQueue: nonEmpty(values['task-queue'], '--task-queue') ?? DEFAULT_TASK_QUEUE,
    ...(values.tools === undefined ? {} : { tools: values.tools }),
    ...(port === undefined ? {} : { port }),
  };
  if (command === 'demo') {
    if (module === undefined || agent === undefined) throw new UsageError('demo needs a MODULE and an AGENT.');
    if (rest[0] !== undefined) throw new UsageError(`demo takes a MODULE and an AGENT, not also "${rest[0]}".`);
    const answer = nonEmpty(values.answer, '--answer');
    const message = nonEmpty(values.message, '--message') ?? 'I want to proceed with the dangerous task.';
    // Only now: the SDK takes a second to load, and usage should not.
    const { demo } = require('./demo') as typeof import('./demo');
    await demo({ ...common, module, agent, message, ...(answer === undefined ? {} : { answer }) }, lifetime);
    return;
  }
  if (agent !== undefined) throw new UsageError(`dev takes one MODULE, not also "${agent}".`);
  refuse(ONLY_DEMO);
  const { dev } = require('./dev') as typeof import('./dev');
  await dev({ ...common, ...(module === undefined ? {} : { module }) }, lifetime);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [what = ''] = errorText(error).split('. To specify'); // What follows explains parseArgs, not us.
    throw new UsageError(what);
  }
}

/** The command whose usage helps. */
function commandOf(args: readonly string[]): Command | 'countersign' {
  return args.find(isCommand) ?? 'countersign';
}

function isCommand(text: string): text is Command {
  return text === 'demo' || text === 'dev' || text === 'codec-server';
}

/** Of this package. */
function version(): string {
  const text = readFileSync(join(__dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new UsageError(`--port ${text} is no port: give a number from 1 to 65535.`);
}

function nonEmpty(value: string | undefined, option: string): string | undefined {
  if (value?.trim() === '') throw new UsageError(`${option} needs a text that is not empty.`);
  return value;
}
