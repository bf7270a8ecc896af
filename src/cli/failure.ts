/**
 * Failure: what went wrong, as one line for a person, with what to do.
 *
 * Stack traces are shown only when COUNTERSIGN_DEBUG is set.
 *
 * @module
 */
import { errorText, isAgentError } from '../protocol';
import { oneLine } from './text';

/** An unusable command line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The correct usage. */
  readonly usage: string;

  constructor(message: string, usage: string) {
    super(message);
    this.usage = usage;
  }
}

export function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}

/** The line without the program's name. */
export function failureLine(error: unknown): string {
  const text = oneLine(errorText(error));
  return isAgentError(error, 'TOOL_NOT_IMPLEMENTED')
    ? `${text} Here: --tools MODULE, a module that exports \`tools\`.`
    : text;
}

/** What COUNTERSIGN_DEBUG adds. */
export function debugText(error: unknown): string | undefined {
  return process.env['COUNTERSIGN_DEBUG'] && error instanceof Error ? stackText(error) : undefined;
}

function stackText(error: Error): string {
  return `${error.stack}${error.cause instanceof Error ? `\ncaused by ${stackText(error.cause)}` : ''}`;
}
