/**
 * Fallback: asks the models of one `llm` until one replies.
 *
 * The next is asked when retrying cannot mend why the one before failed, or has not for a while. Temporal retries what
 * may still pass, beginning with the first model. A cancelled call is asked of no other.
 *
 * @module
 */
import { log, type Info } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Model, ModelCallOptions } from '../models';
import { AgentError, cutText, LIMITS, messageText } from '../protocol';
import { toModelFailure } from './model-failure';

/**
 * How long a passing failure is waited for before the next model is asked; at most half of the call's time. Unit:
 * milliseconds.
 */
const PATIENCE_MS = 60_000;

/** The longest delay of Node's timers. Unit: milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

export interface FallbackCall {
  readonly llm: string;
  readonly signal: AbortSignal;
  readonly info: Pick<
    Info,
    'currentAttemptScheduledTimestampMs' | 'scheduledTimestampMs' | 'scheduleToCloseTimeoutMs' | 'startToCloseTimeoutMs'
  >;
}

/**
 * @param models At least one. Together they have the time of one attempt.
 * @throws What the model threw, when only one was asked; else a failure that says what each did.
 */
export async function callWithFallback<Reply>(
  models: readonly Model[],
  { llm, signal, info }: FallbackCall,
  ask: (model: Model, options: Pick<ModelCallOptions, 'signal' | 'timeoutMs'>) => Promise<Reply>,
): Promise<Reply> {
  const failures: ApplicationFailure[] = [];
  const time = new CallTime(info);
  for (const [nth, model] of models.entries()) {
    // A model that never answers must not take all the time.
    const { leftMs } = time;
    const timeoutMs = time.isShort() ? Math.ceil(leftMs / (models.length - nth)) : leftMs;
    const limit = timeoutMs < leftMs ? AbortSignal.timeout(timeoutMs) : undefined;
    try {
      return await ask(model, { signal: limit === undefined ? signal : AbortSignal.any([signal, limit]), timeoutMs });
    } catch (error) {
      if (signal.aborted) throw error;
      const failure = toModelFailure(limit?.aborted === true ? tooSlow(model, timeoutMs) : error, info);
      failures.push(failure);
      const { nonRetryable, nextRetryDelay } = failure;
      const mayPass = nonRetryable !== true && !time.isShort(typeof nextRetryDelay === 'number' ? nextRetryDelay : 0);
      const next = models[nth + 1];
      if (next === undefined || mayPass) break;
      log.warn(`${model.title} gave no reply, and ${next.title} is asked: ${failure.message}`);
    }
  }
  throw together(llm, failures);
}

/** The time that a call has had, by one clock at a time, since worker and server clocks may differ. */
class CallTime {
  readonly #beganAt = Date.now();
  readonly #spentBeforeMs: number;
  readonly #patienceMs: number;
  readonly #attemptMs: number;

  constructor(info: FallbackCall['info']) {
    const { scheduleToCloseTimeoutMs: wholeMs, startToCloseTimeoutMs } = info;
    this.#spentBeforeMs = Math.max(0, info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs);
    this.#patienceMs = Math.min(PATIENCE_MS, wholeMs / 2);
    this.#attemptMs = Math.min(startToCloseTimeoutMs, wholeMs - this.#spentBeforeMs, LONGEST_MS);
  }

  /** Time left for this attempt. */
  get leftMs(): number {
    return Math.max(1, this.#beganAt + this.#attemptMs - Date.now());
  }

  /**
   * Whether it is too short to wait for a passing failure while another model could be asked. @param inMs At that time,
   * instead of now.
   */
  isShort(inMs = 0): boolean {
    return this.#spentBeforeMs + Date.now() - this.#beganAt + inMs >= this.#patienceMs;
  }
}

function tooSlow({ title }: Model, timeoutMs: number): AgentError<'MODEL_UNAVAILABLE'> {
  const message = `${title} gave no reply within ${timeoutMs} ms, its share of the modelTimeout`;
  return new AgentError('MODEL_UNAVAILABLE', message, {});
}

/** Passes if one of them may pass. */
function together(llm: string, failures: readonly ApplicationFailure[]): ApplicationFailure {
  const [only, ...others] = failures;
  if (only !== undefined && others.length === 0) return only;
  const passing = failures.filter(({ nonRetryable }) => nonRetryable !== true);
  const [first] = passing.length === 0 ? failures : passing;
  const delays = passing.map(({ nextRetryDelay }) => (typeof nextRetryDelay === 'number' ? nextRetryDelay : 0));
  const delay = Math.min(...delays);
  const bytes = Math.floor((LIMITS.messageTextBytes - 200) / failures.length);
  const said = failures.map(({ message }, nth) => `${nth + 1}. ${cutText(message, bytes - 10)}`).join(' ');
  return ApplicationFailure.create({
    message: messageText(`No model of "${llm}" gave a reply. ${said}`),
    type: first?.type ?? 'MODEL_UNAVAILABLE',
    details: first?.details ?? [{}],
    nonRetryable: passing.length === 0,
    ...(Number.isFinite(delay) && delay > 0 ? { nextRetryDelay: delay } : {}),
  });
}
