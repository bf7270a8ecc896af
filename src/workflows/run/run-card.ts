/**
 * Run card: keeps the workflow's current details up to date.
 *
 * Open questions come before rest, and rest before agents at work.
 *
 * @module
 */
import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { AnyEvent } from '../../protocol';
import { endCard, restingCard, waitingCard, workingCard } from './card';
import type { Questions } from '../questions/questions';

export class RunCard {
  /** Outermost first. */
  #working: { readonly agents: readonly string[]; readonly step: number } | undefined;
  #isResting = false;
  /** Why the last answer was refused. The sender of a signal learns it nowhere else. */
  #refusal: string | undefined;

  get isResting(): boolean {
    return this.#isResting;
  }

  work(agents: readonly string[], step: number): void {
    this.#working = { agents, step };
    this.#isResting = false;
  }

  rest(): void {
    this.#isResting = true;
  }

  refuse(message: string): void {
    this.#refusal = message;
  }

  forgetRefusal(): void {
    this.#refusal = undefined;
  }

  refresh(questions: Questions): void {
    if (questions.size > 0) setCurrentDetails(waitingCard(workflowInfo(), questions.pending(), this.#refusal));
    else if (this.#isResting) setCurrentDetails(restingCard(workflowInfo()));
    else if (this.#working !== undefined) setCurrentDetails(workingCard(this.#working.agents, this.#working.step));
    else setCurrentDetails('');
  }

  end(event: AnyEvent): void {
    setCurrentDetails(endCard(event));
  }
}
