/**
 * Durations: Temporal's own (`'5 minutes'` or milliseconds), read strictly.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';
import { AgentError } from '../protocol';

/** @returns Milliseconds, more than 0. @throws AgentError `INVALID_DURATION`. */
export function readDuration(duration: Duration, where: string): number {
  let ms = Number.NaN;
  try {
    ms = msToNumber(duration);
  } catch {
    // Said below, with the place.
  }
  if (Number.isFinite(ms) && ms > 0) return Math.max(1, Math.round(ms));
  throw new AgentError(
    'INVALID_DURATION',
    `${where} is ${JSON.stringify(duration)}: give milliseconds of more than 0, or a text such as "5 minutes".`,
    { where },
  );
}
