/**
 * The Temporal CLI, as a person would use it against the tests' server.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What the command prints. Fails with what it says when it fails. */
export async function temporalCli(...args: readonly string[]): Promise<string> {
  const path = process.env['COUNTERSIGN_TEST_TEMPORAL'];
  if (path === undefined) throw new Error('These tests need the Temporal CLI on PATH: https://docs.temporal.io/cli');
  const { stdout } = await promisify(execFile)(path, [...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** What the command gives as JSON. */
export async function temporalCliJson(...args: readonly string[]): Promise<unknown> {
  return JSON.parse(await temporalCli(...args, '--output', 'json'));
}

/** The words of a command line with single quotes, as a document or a run prints it. */
export function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
