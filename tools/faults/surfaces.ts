/**
 * Surfaces: the four ways in which an answer is sent, and what each says about its fate.
 *
 * @module
 */
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type AgentClient, errorText, isAgentError, type RefusalReason } from 'countersign/client';
import type { Act } from './acts';
import type { Outcome } from './journal';

/** How long a plain client waits for its update, as ours does. Unit: milliseconds. */
const UPDATE_WITHIN_MS = 10_000;

/** `unknown`: it may have been taken or not. */
export type Sent = Outcome | { readonly kind: 'unknown'; readonly why: string };

/** Never throws. */
export async function send(client: AgentClient, run: string, inputId: string, act: Act): Promise<Sent> {
  try {
    return await sendBy(client, run, inputId, act);
  } catch (error) {
    return outcomeOf(error);
  }
}

async function sendBy(client: AgentClient, run: string, inputId: string, act: Act): Promise<Sent> {
  const { response, user, answerId, isNamed, surface } = act;
  const answer = { response, user_name: user, answerId, ...(isNamed ? { inputId } : {}) };
  const handle = client.temporal.workflow.getHandle(run);
  switch (surface) {
    case 'respond':
      return settled(await client.getHandler(run).respond(isNamed ? { inputId } : {}, answer));
    case 'sendEvent':
      await client.getHandler(run).sendEvent({ type: 'HumanResponseEvent', ...answer });
      return { kind: 'sent' };
    case 'update':
      return settled(
        await client.temporal.withDeadline(Date.now() + UPDATE_WITHIN_MS, () =>
          handle.executeUpdate<Settled, [object]>('respond', { args: [answer] }),
        ),
      );
    case 'signal':
      await handle.signal('HumanResponseEvent', answer);
      return { kind: 'sent' };
  }
}

interface Settled {
  readonly inputId: string;
  readonly isKept?: true;
}

function settled({ inputId, isKept = false }: { inputId: string; isKept?: boolean }): Sent {
  return { kind: 'settled', inputId, isKept };
}

function outcomeOf(error: unknown): Sent {
  if (isAgentError(error, 'ANSWER_REFUSED')) return { kind: 'refused', reason: error.details.reason };
  if (isAgentError(error, 'RUN_ENDED') || error instanceof WorkflowNotFoundError) return { kind: 'ended' };
  if (error instanceof WorkflowUpdateFailedError) {
    const { cause } = error;
    if (cause instanceof ApplicationFailure && cause.type === 'ANSWER_REFUSED') {
      const [{ reason, again }] = cause.details as [{ reason: RefusalReason; again?: boolean }];
      return again === true ? { kind: 'unknown', why: 'asked to send it again' } : { kind: 'refused', reason };
    }
  }
  const name = isAgentError(error) ? error.code : error instanceof Error ? error.name : typeof error;
  return { kind: 'unknown', why: `${name}: ${errorText(error)}`.slice(0, 300) };
}
