/**
 * The events of an expense report: what its approvers are asked, what they answer, and what accounting tells it.
 *
 * Apart from the workflow, so that a form, a bot or the accounting system can import them alone.
 *
 * @module
 */
import { defineEvent, HumanResponseEvent, InputRequiredEvent } from 'countersign';
import { boolean, number, optional, string } from 'valibot';

/** One approver is asked. */
export const ExpenseApprovalRequired = InputRequiredEvent.extend('ExpenseApprovalRequired', {
  amount: number(),
  currency: string(),
  purpose: string(),
  role: string(),
});

/** One approver's answer. It needs no `response`, which other answers do. */
export const ExpenseDecision = HumanResponseEvent.extend('ExpenseDecision', {
  response: optional(string()),
  role: string(),
  approved: boolean(),
  comment: optional(string()),
});

/** No answer to anything: accounting has paid. */
export const PaymentSent = defineEvent('PaymentSent', { reference: string() });
