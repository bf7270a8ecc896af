/**
 * Guard: makes a payload that cannot be decoded into a value that our code refuses.
 *
 * The Temporal UI can send any bytes under any encoding. Decoding happens before any handler, and an
 * error there would retry the workflow task for ever; so the payload is tried first, and replaced. That
 * rescues a run which an unguarded worker has wedged already. Only messages of ours, and the start
 * inputs of AgentWorkflows, are touched: a hand-written workflow's own are its own.
 *
 * @module
 */
import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { isAgentWorkflow } from '../agent';
import { errorText, QUERIES, SIGNALS, UNDECODABLE, UPDATES } from '../protocol';
import { ending } from './ending';

const signals = new Set<string>(Object.values(SIGNALS));
const updates = new Set<string>(Object.values(UPDATES));
const queries = new Set<string>(Object.values(QUERIES));

/** What Temporal hands to a `activate` interceptor, as far as it is looked at here. */
interface Job {
  readonly initializeWorkflow?: { arguments?: Payload[] | null } | null;
  readonly signalWorkflow?: { signalName?: string | null; input?: Payload[] | null } | null;
  readonly doUpdate?: { name?: string | null; input?: Payload[] | null } | null;
  readonly queryWorkflow?: { queryType?: string | null; arguments?: Payload[] | null } | null;
}

export function interceptors(): WorkflowInterceptors {
  guardInitialization();
  return {
    inbound: [ending],
    internals: [
      {
        activate(input, next) {
          for (const job of (input.activation.jobs ?? []) as readonly Job[]) guard(job);
          next(input);
        },
      },
    ],
  };
}

function guard({ initializeWorkflow, signalWorkflow, doUpdate, queryWorkflow }: Job): void {
  if (initializeWorkflow && isAgentWorkflow(activator()?.workflow)) {
    initializeWorkflow.arguments = decodable(initializeWorkflow.arguments);
  }
  if (signalWorkflow && signals.has(signalWorkflow.signalName ?? ''))
    signalWorkflow.input = decodable(signalWorkflow.input);
  if (doUpdate && updates.has(doUpdate.name ?? '')) doUpdate.input = decodable(doUpdate.input);
  if (queryWorkflow && queries.has(queryWorkflow.queryType ?? ''))
    queryWorkflow.arguments = decodable(queryWorkflow.arguments);
}

/** Memo and last result are decoded before any interceptor is asked. */
function guardInitialization(): void {
  const sdk = activator();
  if (sdk === undefined) return;
  const initialize = sdk.initializeWorkflow.bind(sdk);
  sdk.initializeWorkflow = (job) => {
    for (const [name, payload] of Object.entries(job.memo?.fields ?? {})) {
      const [decoded] = decodable([payload]);
      if (job.memo?.fields && decoded !== undefined) job.memo.fields[name] = decoded;
    }
    if (job.lastCompletionResult?.payloads)
      job.lastCompletionResult.payloads = decodable(job.lastCompletionResult.payloads);
    initialize(job);
  };
}

function decodable(payloads: Payload[] | null | undefined): Payload[] {
  const converter = activator()?.payloadConverter ?? defaultPayloadConverter;
  return (payloads ?? []).map((payload) => {
    try {
      converter.fromPayload(payload);
      return payload;
    } catch (error) {
      return converter.toPayload({ [UNDECODABLE]: errorText(error).slice(0, 200) });
    }
  });
}

interface Initialization {
  readonly memo?: { readonly fields?: Record<string, Payload> | null } | null;
  readonly lastCompletionResult?: { payloads?: Payload[] | null } | null;
}

interface Activator {
  readonly payloadConverter: PayloadConverter;
  readonly workflow?: unknown;
  initializeWorkflow(job: Initialization): void;
}

/** The SDK's own state of this run, as far as it is touched here. Held by tests on every SDK upgrade. */
function activator(): Activator | undefined {
  return (globalThis as { __TEMPORAL_ACTIVATOR__?: Activator }).__TEMPORAL_ACTIVATOR__;
}
