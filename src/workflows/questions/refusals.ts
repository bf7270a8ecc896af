/**
 * Refusals: why an answer settles nothing, in words for its sender.
 *
 * @module
 */
import { messageText, type RefusalReason } from '../../protocol';
import { isSameOperation } from './question-id';
import type { Question, Verdict } from './question';
import type { QuestionState } from './question-state';

export function refuse(
  state: QuestionState,
  reason: RefusalReason,
  message: string,
  open: readonly string[] = [...state.open.keys()],
): Verdict {
  return { kind: 'refused', reason, message: messageText(message), open };
}

export function refuseRepeated(state: QuestionState, inputId: string, isSame: boolean): Verdict {
  return isSame
    ? refuse(
        state,
        'duplicate',
        `The question "${inputId}" was given this very answer already; nothing more is needed.`,
      )
    : refuse(state, 'conflict', `The question "${inputId}" was answered otherwise already; that answer stands.`);
}

export function refuseUnnamed(state: QuestionState, inputId: string): Verdict {
  return refuse(state, 'not_waiting', unnamedText(inputId));
}

export function unnamedText(inputId: string): string {
  return `The question "${inputId}" takes only an answer that names it: look at it, and send its "inputId" with the answer.`;
}

export function refuseLate(state: QuestionState, inputId: string): Verdict {
  return refuse(state, 'late', `The time to answer "${inputId}" is over.`);
}

export function whatItTakes({ inputId, expectation }: Question): string {
  const requirements = JSON.stringify(expectation?.requirements ?? {}).slice(0, 300);
  return `The question "${inputId}" takes only an answer with ${requirements}; see pendingInputs for all that are open.`;
}

/** The question that the same operation asked instead. */
export function askedInstead({ open, settled }: QuestionState, inputId: string): string | undefined {
  return [...open.keys(), ...settled.ids].find((other) => isSameOperation(other, inputId));
}

export function noSuchQuestion(state: QuestionState, inputId: string): string {
  const now = askedInstead(state, inputId);
  return now === undefined
    ? `No question "${inputId}" is open: it no longer exists, or was never asked in this run. See pendingInputs for all that are open.`
    : `The question "${inputId}" has changed and is no longer asked: "${now}" was asked in its place. Look at that one before you answer it.`;
}
