/**
 * Payloads: replaces a payload that cannot be decoded by a value that our code refuses.
 *
 * The Temporal UI can send any bytes. Decoding runs before every handler, and an error there retries the workflow task
 * for ever. Only our messages and the start inputs of AgentWorkflows are touched.
 *
 * Another worker may have the key, so a refusal that it might not make is recorded in history and stands in every
 * replay. What was once accepted is never refused in a replay: the workflow task fails, and the run goes on at a worker
 * with the key.
 *
 * @module
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding';
import { patched, type WorkflowInternalsInterceptor, workflowInfo } from '@temporalio/workflow';
import { isAgentWorkflow } from '../../agent';
import {
  errorText,
  QUERIES,
  readable,
  SIGNALS,
  UNDECODABLE,
  unreadable,
  unreadableReason,
  UPDATES,
} from '../../protocol';
import { sdk } from './sdk';

const signals = new Set<string>(Object.values(SIGNALS));
const updates = new Set<string>(Object.values(UPDATES));
const queries = new Set<string>(Object.values(QUERIES));

interface Job {
  readonly initializeWorkflow?: { arguments?: Payload[] | null; continuedFromExecutionRunId?: string | null } | null;
  readonly signalWorkflow?: { signalName?: string | null; input?: Payload[] | null } | null;
  readonly doUpdate?: { name?: string | null; input?: Payload[] | null } | null;
  readonly queryWorkflow?: { queryType?: string | null; arguments?: Payload[] | null } | null;
}

/** Payloads of these encodings fail at every worker. Others may decode with another codec or key. */
const TEMPORALS_OWN = new Set(['', 'binary/null', 'binary/plain', 'binary/protobuf', 'json/plain', 'json/protobuf']);

/** Create it before the run is initialized. */
export function guardingPayloads(): WorkflowInternalsInterceptor {
  guardInitialization();
  let signalsSeen = 0;
  return {
    activate(input, next) {
      for (const job of (input.activation.jobs ?? []) as readonly Job[]) {
        guardStart(job);
        if (isOurSignal(job)) guardSignal(job, (signalsSeen += 1));
        guardRequest(job);
      }
      next(input);
    },
  };
}

function guardStart({ initializeWorkflow: start }: Job): void {
  if (!start || !isAgentWorkflow(sdk()?.workflow)) return;
  // Nobody can send a continue-as-new input again.
  if (start.continuedFromExecutionRunId) throwIfReadableElsewhere(tryDecoding(firstOf(start.arguments)));
  start.arguments = refusable(start.arguments, 'countersign-unreadable-start');
}

function isOurSignal({ signalWorkflow: signal }: Job): boolean {
  return signal != null && signals.has(signal.signalName ?? '');
}

/** @param nth Its number among our signals to this run: the same in every replay. */
function guardSignal({ signalWorkflow: signal }: Job, nth: number): void {
  if (signal) signal.input = refusable(signal.input, `countersign-unreadable-signal-${nth}`);
}

/** History holds no refused update, so one seen in a replay was accepted. */
function guardRequest({ doUpdate, queryWorkflow }: Job): void {
  if (doUpdate && updates.has(doUpdate.name ?? '')) {
    const tried = tryDecoding(firstOf(doUpdate.input));
    if (isReplaying()) throwIfReadableElsewhere(tried);
    doUpdate.input = replaced(tried);
  }
  if (queryWorkflow && queries.has(queryWorkflow.queryType ?? '')) {
    queryWorkflow.arguments = replaced(tryDecoding(firstOf(queryWorkflow.arguments)));
  }
}

/** Our messages take one payload. Extra ones are dropped, so that a failure to decode them is not recorded. */
function firstOf(payloads: Payload[] | null | undefined): Payload[] {
  return (payloads ?? []).slice(0, 1);
}

function refusable(payloads: Payload[] | null | undefined, record: string): Payload[] {
  const tried = tryDecoding(firstOf(payloads));
  if (!isReplaying()) {
    if (tried.some(isReadableElsewhere)) patched(record);
    return replaced(tried);
  }
  // In a replay `patched` returns what history has and writes nothing.
  if (patched(record)) {
    return replaced(tried.map((one) => ({ problem: 'the worker that it came to could not', ...one })));
  }
  throwIfReadableElsewhere(tried);
  return replaced(tried);
}

/** The SDK decodes memo and last result before it calls any interceptor. */
function guardInitialization(): void {
  const run = sdk();
  if (run === undefined) return;
  const initialize = run.initializeWorkflow.bind(run);
  run.initializeWorkflow = (job) => {
    for (const [name, payload] of Object.entries(job.memo?.fields ?? {})) {
      const [decoded] = decodable([payload]);
      if (job.memo?.fields && decoded !== undefined) job.memo.fields[name] = decoded;
    }
    if (job.lastCompletionResult?.payloads)
      job.lastCompletionResult.payloads = decodable(job.lastCompletionResult.payloads);
    initialize(job);
  };
}

export interface Tried {
  readonly payload: Payload;
  readonly problem?: string;
  /** The key is missing or wrong. */
  readonly isEncrypted?: true;
}

function decodable(payloads: Payload[] | null | undefined): Payload[] {
  return replaced(tryDecoding(payloads));
}

export function tryDecoding(payloads: Payload[] | null | undefined): readonly Tried[] {
  return (payloads ?? []).map((payload) => {
    try {
      converter().fromPayload(payload);
      return { payload };
    } catch (error) {
      const reason = unreadableReason(errorText(error));
      return reason === undefined
        ? { payload, problem: errorText(error) }
        : { payload, problem: reason, isEncrypted: true };
    }
  });
}

export function replaced(tried: readonly Tried[]): Payload[] {
  return tried.map(({ payload, problem }) =>
    problem === undefined ? payload : converter().toPayload({ [UNDECODABLE]: problem.slice(0, 200) }),
  );
}

export function isReadableElsewhere({ payload, problem }: Tried): boolean {
  return problem !== undefined && !TEMPORALS_OWN.has(decode(payload.metadata?.['encoding'] ?? new Uint8Array()));
}

function throwIfReadableElsewhere(tried: readonly Tried[]): void {
  const found = tried.find(isReadableElsewhere);
  if (found !== undefined) throw waitForKey(found.problem);
}

/** Fails the workflow task, which Temporal retries until a worker can read the payload. */
export function waitForKey(problem = ''): Error {
  const what = 'This worker cannot go on with the run, which is safe: one that can read what it was told before will';
  return readable(new Error(unreadable(what, problem)));
}

function isReplaying(): boolean {
  return workflowInfo().unsafe.isReplaying;
}

function converter(): PayloadConverter {
  return sdk()?.payloadConverter ?? defaultPayloadConverter;
}
