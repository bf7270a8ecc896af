/**
 * Messages: any message a run takes, with anything in it, and how it is sent past all clients of ours.
 *
 * @module
 */
import fc from 'fast-check';
import type { Payload } from '@temporalio/common';
import type { TestTemporal } from '../setup/temporal';
import { content, json, nearly, number, payloads, text } from './arbitraries';

export interface Message {
  readonly kind: 'signal' | 'update' | 'query';
  readonly name: string;
  readonly payloads: readonly Payload[];
}

const inputId = fc.oneof(text, fc.constantFrom('1.0.0', '1.1.0'));
const type = fc.oneof(
  text,
  fc.constantFrom(
    'HumanResponseEvent',
    'HumanResponseEvent/RefundDecision',
    'HumanResponseEvent/',
    'PaymentReceived',
    'StopEvent',
    'InputRequiredEvent',
  ),
);
const answer = nearly({
  response: fc.constantFrom('yes', 'no'),
  user_name: fc.constantFrom('Laurie'),
  approved: fc.boolean(),
  key: text,
  inputId,
  answerId: fc.oneof(fc.constantFrom('a', 'b'), text),
});
const event = nearly({ type, amount: number, response: text, inputId, answerId: fc.constantFrom('a', 'b') });
const integer = fc.oneof(fc.integer({ min: -5, max: 20 }), number);

function message(
  kind: Message['kind'],
  name: string,
  right: fc.Arbitrary<unknown>,
  weight = 1,
): { readonly weight: number; readonly arbitrary: fc.Arbitrary<Message> } {
  return { weight, arbitrary: payloads(right).map((sent) => ({ kind, name, payloads: sent })) };
}

export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  message('signal', 'HumanResponseEvent', fc.oneof(answer, text), 4),
  message('signal', 'sendEvent', event, 4),
  message('signal', 'sendMessage', fc.oneof(nearly({ text }), nearly({ content }), text), 3),
  message('signal', 'close', json),
  message('update', 'respond', fc.oneof(answer, text), 4),
  message('update', 'sendMessage', fc.oneof(nearly({ text }), nearly({ content }), text), 2),
  message('query', 'events', nearly({ after: integer, limit: integer })),
  message('query', 'transcript', nearly({ from: integer, upTo: integer, thread: text }), 2),
  message('query', 'pendingInputs', json),
  message('query', 'status', json),
  message('query', 'context', json),
);

/** A query or an update that nobody answers would make a run useless, whatever it does. Unit: milliseconds. */
const ANSWER_WITHIN_MS = 20_000;

/** @returns Whether it was taken; a query is when it was answered. @throws When nobody answers. */
export async function send(
  temporal: TestTemporal,
  workflowId: string,
  { kind, name, payloads: sent }: Message,
): Promise<boolean> {
  if (kind === 'signal') {
    await temporal.signalRaw(workflowId, name, ...sent);
    return true;
  }
  const { temporal: client } = temporal.client;
  const workflowExecution = { workflowId };
  const input = { payloads: [...sent] };
  return await client.withDeadline(Date.now() + ANSWER_WITHIN_MS, async () => {
    if (kind === 'query') {
      const query = {
        namespace: 'default',
        execution: workflowExecution,
        query: { queryType: name, queryArgs: input },
      };
      return await client.workflowService.queryWorkflow(query).then(() => true, unlessRefused);
    }
    const { outcome } = await client.workflowService
      .updateWorkflowExecution({
        namespace: 'default',
        workflowExecution,
        waitPolicy: { lifecycleStage: COMPLETED },
        request: { meta: { updateId: crypto.randomUUID(), identity: 'fuzz' }, input: { name, args: input } },
      })
      .catch((error: unknown) => ({ outcome: unlessRefused(error) }));
    if (outcome == null) throw new Error('the update has no outcome');
    return typeof outcome === 'object' && outcome.success != null;
  });
}

/** temporal.api.enums.v1.UpdateWorkflowExecutionLifecycleStage, and gRPC's own number. */
const COMPLETED = 3;
const INVALID_ARGUMENT = 3;

/** A query that fails says so at once: that is an answer. */
function unlessRefused(error: unknown): false {
  if ((error as { readonly code?: unknown }).code === INVALID_ARGUMENT) return false;
  throw error;
}
