/**
 * Program: runs a command line and ends the process.
 *
 * Every failure is one line on stderr and a nonzero exit code: 2 for an unusable command line, 130 after Ctrl-C, else
 * 1.
 *
 * @module
 */
import { CommanderError } from 'commander';
import { commandLine } from './command-line';
import { debugText, exitCodeOf, failureLine, UsageError } from './failure';
import { Lifetime } from './lifetime';

/** Never rejects: it ends the process. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const lifetime = new Lifetime();
  const fail = (error: unknown): void => {
    process.stderr.write(`countersign: ${failureLine(error)}\n`);
    const more = debugText(error) ?? (error instanceof UsageError ? error.usage : undefined);
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
  const program = commandLine(lifetime);
  if (args.length === 0) program.error('name a command');
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // It has printed the help or the version.
    if (!(error instanceof CommanderError && error.exitCode === 0)) throw error;
  }
}
