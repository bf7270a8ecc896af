/**
 * Command line: the commands with their arguments and options.
 *
 * A command's code is loaded only when it runs: the SDK takes a second to load, and help should not.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { DEFAULT_TASK_QUEUE } from '../protocol';
import { UsageError } from './failure';
import type { Lifetime } from './lifetime';

/** Commander's command, but an unusable command line throws a UsageError. */
class CountersignCommand extends Command {
  override createCommand(name?: string): CountersignCommand {
    return new CountersignCommand(name);
  }

  /** @throws UsageError */
  override error(message: string): never {
    const path = pathOf(this);
    const usage = `Usage: ${path} ${this.usage()}\nMore: ${path} --help`;
    throw new UsageError(message.replace(/^error: /, ''), usage);
  }
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

interface WorkerOptions {
  readonly tools?: string;
  readonly taskQueue: string;
  readonly port?: number;
}

interface DemoOptions extends WorkerOptions {
  readonly message: string;
  readonly answer?: string;
}

interface CodecServerOptions {
  readonly port: number;
  readonly host: string;
  readonly origin?: readonly string[];
}

/**
 * @returns A parser of the words after the program's name. It throws a UsageError, or commander's own error after help.
 */
export function commandLine(lifetime: Lifetime): Command {
  const program = new CountersignCommand('countersign')
    .description('Agents that stop and ask a person, durable on Temporal.')
    .version(version(), '--version', 'the version of this package')
    .addHelpText('after', ENVIRONMENT)
    .exitOverride();

  withWorkerOptions(program.command('demo'))
    .summary('run an agent once, print its events, answer its questions')
    .description(
      'Runs an agent once: starts what is not there (Temporal server, worker, model), sends it a message, prints each event of its stream, asks you its questions, and prints its final response.',
    )
    .argument('<module>', 'the compiled module that exports the agent workflows')
    .argument('<agent>', 'the name of one of them')
    .option('--message <text>', 'what the agent is told', nonEmpty, 'I want to proceed with the dangerous task.')
    .option('--answer <text>', 'answer every question with this instead of asking', nonEmpty)
    .action(async (module: string, agent: string, options: DemoOptions) => {
      const { demo } = require('./demo') as typeof import('./demo');
      await demo({ ...options, module, agent }, lifetime);
    });

  withWorkerOptions(program.command('dev'))
    .summary('keep a Temporal server, a model and a worker up until Ctrl-C')
    .description(
      'Keeps a Temporal server, a model and a worker up until Ctrl-C. Prints `ready ADDRESS UI-URL` when they are.',
    )
    .argument('[module]', 'the compiled module that exports the agent workflows; without it run your own worker')
    .action(async (module: string | undefined, options: WorkerOptions) => {
      const { dev } = require('./dev') as typeof import('./dev');
      await dev({ ...options, ...(module === undefined ? {} : { module }) }, lifetime);
    });

  program
    .command('codec-server')
    .summary('show the Temporal UI and CLI what is encrypted, until Ctrl-C')
    .description(
      'Encodes and decodes payloads over HTTP with the keys of COUNTERSIGN_ENCRYPTION_KEYS: the codec endpoint of the Temporal UI and of `temporal --codec-endpoint`. It decrypts for everybody who reaches it. Prints `ready URL` when it listens.',
    )
    .option('--port <port>', 'where it listens', readPort, 8888)
    .option('--host <host>', 'where it listens', nonEmpty, '127.0.0.1')
    .option('--origin <url>', 'a web page that may ask, besides those of this machine; may be given again', collect)
    .addHelpText('after', CODEC_ENVIRONMENT)
    .action(async ({ port, host, origin: origins = [] }: CodecServerOptions) => {
      const { codecServer } = require('./codec-server') as typeof import('./codec-server');
      await codecServer({ port, host, origins }, lifetime);
    });

  return program;
}

function withWorkerOptions(command: Command): Command {
  return command
    .option('--tools <module>', 'a module that exports `tools`: a list of implement(tool, fn)')
    .option('--task-queue <name>', 'where the worker and the run meet', nonEmpty, DEFAULT_TASK_QUEUE)
    .option('--port <port>', 'start a Temporal server on this port, whatever else runs', readPort)
    .addHelpText('after', ENVIRONMENT);
}

function readPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('Give a number from 1 to 65535.');
}

function nonEmpty(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('Give a text that is not empty.');
  return text;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, nonEmpty(text)];
}

/** This package's version. */
function version(): string {
  const text = readFileSync(join(__dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

const ENVIRONMENT = `
Environment:
  OPENAI_API_KEY       the model's key; without it a scripted model stands in
  OPENAI_BASE_URL      another server that speaks OpenAI's API
  OPENAI_MODEL         asked for instead of every agent's own model
  TEMPORAL_ADDRESS     a Temporal server to use, and the Temporal CLI's other
                       variables and its temporal.toml; without them the one
                       at 127.0.0.1:7233 is used, or one is started
  COUNTERSIGN_ENCRYPTION_KEYS
                       id:base64,id:base64: encrypts what runs hold, with the
                       first of these keys
  COUNTERSIGN_DEBUG    any value: stack traces, and Temporal's own log
  NO_COLOR             any value: no colours`;

const CODEC_ENVIRONMENT = `
Environment:
  COUNTERSIGN_ENCRYPTION_KEYS
                       id:base64,id:base64: as the workers have it
  COUNTERSIGN_CODEC_TOKEN
                       asked for as \`Authorization: Bearer TOKEN\``;
