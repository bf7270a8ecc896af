/**
 * Durations: Temporal's own (`'5 minutes'` or milliseconds), read strictly.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { AgentError } from '../../protocol';

/** A hundred years: longer than any run, and accepted by Temporal's timers. */
const LONGEST_MS = 100 * 365.25 * 24 * 3600 * 1000;

/** @returns Milliseconds, more than 0. @throws AgentError `INVALID_DURATION`. */
export function readDuration(duration: Duration, where: string): number {
  let ms = Number.NaN;
  try {
    ms = msToNumber(duration);
  } catch {
    // Reported below, with the place.
  }
  if (ms > 0 && ms <= LONGEST_MS) return Math.max(1, Math.round(ms));
  throw new AgentError(
    'INVALID_DURATION',
    `${where} is ${JSON.stringify(duration)}: give milliseconds of more than 0 and at most 100 years, or a text such as "5 minutes".`,
    { where },
  );
}
