/**
 * An expense report that two people may have to approve: a Temporal workflow written by hand, without an agent.
 *
 * Its state is in its variables, as in any Temporal workflow; the context only asks, waits and tells.
 *
 * @module
 */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';
import { isAgentError, openContext } from 'countersign/workflow';
import { ExpenseApprovalRequired, ExpenseDecision, PaymentSent } from './events';

export interface ExpenseReport {
  readonly amount: number;
  readonly currency: string;
  readonly purpose: string;
  /** How long the approvers have. Default: 14 days. */
  readonly decideWithin?: Duration;
}

export interface ExpenseOutcome {
  readonly status: 'paid' | 'refused' | 'expired';
  /** In the order they came. */
  readonly decisions: readonly Decision[];
  /** Of the payment. */
  readonly reference?: string;
}

export interface Decision {
  readonly role: string;
  readonly approved: boolean;
  readonly comment?: string | undefined;
}

const MANAGER_ALONE_UP_TO = 500;

export async function expenseReport(report: ExpenseReport): Promise<ExpenseOutcome> {
  const ctx = openContext();
  const { amount, currency, purpose, decideWithin = '14 days' } = report;
  const approvers = amount > MANAGER_ALONE_UP_TO ? ['manager', 'finance'] : ['manager'];
  const decisions: Decision[] = [];
  const asking = new CancellationScope();

  const ask = async (role: string): Promise<void> => {
    const prefix = `Approve ${amount} ${currency} for "${purpose}"?`;
    const decision = await ctx.waitForEvent(ExpenseDecision, {
      waiterEvent: ExpenseApprovalRequired({ prefix, amount, currency, purpose, role }),
      requirements: { role },
      timeout: decideWithin,
    });
    ctx.writeEventToStream(decision);
    decisions.push({ role, approved: decision.approved, comment: decision.comment });
    if (!decision.approved) asking.cancel();
  };
  const isRefused = (): boolean => decisions.some(({ approved }) => !approved);

  try {
    await asking.run(() => Promise.all(approvers.map(ask)));
  } catch (error) {
    const isWithdrawn = isCancellation(error) && isRefused();
    if (!isWithdrawn && !isAgentError(error, 'INPUT_TIMED_OUT')) throw error;
  } finally {
    asking.cancel(); // Whoever has not answered is asked no longer.
  }
  if (isRefused()) return { status: 'refused', decisions };
  if (decisions.length < approvers.length) return { status: 'expired', decisions };

  const { reference } = await ctx.waitForEvent(PaymentSent);
  return { status: 'paid', decisions, reference };
}
