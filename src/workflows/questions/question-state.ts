/**
 * Question state: everything that an answer is judged by.
 *
 * @module
 */
import type { ReappliedAnswers } from './reapplied-answers';
import type { Incoming, Question } from './question';
import type { SettledQuestions } from './settled-questions';

export interface QuestionState {
  readonly open: ReadonlyMap<string, Question>;
  readonly settled: SettledQuestions;
  /** Ids of questions that ended without an answer. */
  readonly withdrawn: ReadonlySet<string>;
  /** Events that nothing wanted yet. */
  readonly early: readonly Incoming[];
  readonly earlyBytes: number;
  /** The link whose questions may be named without a digest, as earlier releases did. */
  readonly formerLink: string | undefined;
  /** Answers that wait for their question to be asked again. */
  readonly reapplied: Pick<ReappliedAnswers, 'find' | 'hasRoom' | 'isBehind'>;
  /** A reapplied message answered an unknown question, so later ones may have come second. */
  readonly isOrderLost: boolean;
}
