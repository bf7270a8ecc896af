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
  return {
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
  if (signalWorkflow && signals.has(signalWorkflow.signalName ?? '')) signalWorkflow.input = decodable(signalWorkflow.input);
  if (doUpdate && updates.has(doUpdate.name ?? '')) doUpdate.input = decodable(doUpdate.input);
  if (queryWorkflow && queries.has(queryWorkflow.queryType ?? '')) queryWorkflow.arguments = decodable(queryWorkflow.arguments);
}

function decodable(payloads: Payload[] | null | undefined): Payload[] {
  const converter = activator()?.payloadConverter ?? defaultPayloadConverter;
  return (payloads ?? []).map((payload) => {
    try {
      converter.fromPayload(payload);
      return payload;
    } catch (error) {
      return defaultPayloadConverter.toPayload({ [UNDECODABLE]: errorText(error).slice(0, 200) });
    }
  });
}

/** The SDK's own state of this run: its converter and its workflow function. Held by a test on every SDK upgrade. */
function activator(): { readonly payloadConverter: PayloadConverter; readonly workflow?: unknown } | undefined {
  return (globalThis as { __TEMPORAL_ACTIVATOR__?: ReturnType<typeof activator> }).__TEMPORAL_ACTIVATOR__;
}
