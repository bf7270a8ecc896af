/**
 * Quiet runtime: Temporal's SDK, kept from the terminal and from the signals that stop a process.
 *
 * It writes its log to stderr and takes SIGINT for its workers, unless it is told otherwise before
 * anything of it is made. What it warns of is handed on, a line at a time.
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
