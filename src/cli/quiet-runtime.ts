/**
 * Quiet runtime: keeps Temporal's SDK off the terminal and the process's signals.
 *
 * By default it logs to stderr and takes SIGINT for its workers, so this must run before anything of it is created. Its
 * warnings are passed on, a line each.
 *
 * @module
 */
import { DefaultLogger, type LogEntry, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { errorText } from '../protocol';
import { oneLine } from './text';

export function installQuietRuntime(onWarning: (line: string) => void): void {
  const level = process.env['COUNTERSIGN_DEBUG'] ? 'DEBUG' : 'WARN';
  Runtime.install({
    logger: new DefaultLogger(level, (entry) => onWarning(warning(entry))),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }), forward: {} } },
    shutdownSignals: [],
  });
}

function warning({ level, message, meta }: LogEntry): string {
  const { error, workflowType, activityType } = (meta ?? {}) as Record<string, unknown>;
  const where = [activityType, workflowType].filter((name) => typeof name === 'string').join(' of ');
  const why = error === undefined ? '' : `: ${errorText(error)}`;
  return oneLine(`${level.toLowerCase()}: ${message}${where && ` (${where})`}${why}`);
}
