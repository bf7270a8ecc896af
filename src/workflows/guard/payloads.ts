/**
 * Payloads: makes one that cannot be decoded into a value that our code refuses.
 *
 * The Temporal UI can send any bytes under any encoding. Decoding happens before any handler, and an
 * error there would retry the workflow task for ever; so the payload is tried first, and replaced. That
 * rescues a run which an unguarded worker has wedged already. Only messages of ours, and the start
 * inputs of AgentWorkflows, are touched: a hand-written workflow's own are its own.
 *
 * What one worker cannot decode another may, which has the key. So a refusal of that kind is recorded in the
 * history, and stands when a worker with the key replays it. And what was taken once is never refused in a
 * replay: there the workflow task fails, nothing is lost, and the run goes on at a worker with the key.
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

/** What Temporal hands to a `activate` interceptor, as far as it is looked at here. */
interface Job {
  readonly initializeWorkflow?: { arguments?: Payload[] | null; continuedFromExecutionRunId?: string | null } | null;
  readonly signalWorkflow?: { signalName?: string | null; input?: Payload[] | null } | null;
  readonly doUpdate?: { name?: string | null; input?: Payload[] | null } | null;
  readonly queryWorkflow?: { queryType?: string | null; arguments?: Payload[] | null } | null;
}

/** What is not decoded of these never will be. Of any other encoding it may be, by a worker with another codec or key. */
const TEMPORALS_OWN = new Set(['', 'binary/null', 'binary/plain', 'binary/protobuf', 'json/plain', 'json/protobuf']);

/** One for each run that a worker holds, made before it is initialized. */
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
  // What a run handed to itself over continue-as-new was sent by nobody who could send it again.
  if (start.continuedFromExecutionRunId) throwIfReadableElsewhere(tryDecoding(taken(start.arguments)));
  start.arguments = refusable(start.arguments, 'countersign-unreadable-start');
}

function isOurSignal({ signalWorkflow: signal }: Job): boolean {
  return signal != null && signals.has(signal.signalName ?? '');
}

/** @param nth Among all signals of ours to this run: the same in every replay. */
function guardSignal({ signalWorkflow: signal }: Job, nth: number): void {
  if (signal) signal.input = refusable(signal.input, `countersign-unreadable-signal-${nth}`);
}

/** Updates and queries. A refused one is in no history; so an update that comes up in a replay was taken. */
function guardRequest({ doUpdate, queryWorkflow }: Job): void {
  if (doUpdate && updates.has(doUpdate.name ?? '')) {
    const tried = tryDecoding(taken(doUpdate.input));
    if (isReplaying()) throwIfReadableElsewhere(tried);
    doUpdate.input = replaced(tried);
  }
  if (queryWorkflow && queries.has(queryWorkflow.queryType ?? '')) {
    queryWorkflow.arguments = replaced(tryDecoding(taken(queryWorkflow.arguments)));
  }
}

/** Ours take one payload. What is sent beside it is left out: that it cannot be read must not be recorded of the one. */
function taken(payloads: Payload[] | null | undefined): Payload[] {
  return (payloads ?? []).slice(0, 1);
}

/** @param record Names the refusal in the history, where another worker may be able to read what this one cannot. */
function refusable(payloads: Payload[] | null | undefined, record: string): Payload[] {
  const tried = tryDecoding(taken(payloads));
  if (!isReplaying()) {
    if (tried.some(isReadableElsewhere)) patched(record);
    return replaced(tried);
  }
  // Asked in a replay it says what the history has, and writes nothing.
  if (patched(record)) {
    return replaced(tried.map((one) => ({ problem: 'the worker that it came to could not', ...one })));
  }
  throwIfReadableElsewhere(tried);
  return replaced(tried);
}

/** Memo and last result are decoded before any interceptor is asked. */
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
  /** Why it cannot be decoded. */
  readonly problem?: string;
  /** It is the key that is missing, or that does not fit. */
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

/** Fails the workflow task: Temporal tries it again until a worker can read what this one cannot. */
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
