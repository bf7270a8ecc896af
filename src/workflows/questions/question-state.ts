/**
 * Question state: all that an answer is judged by.
 *
 * @module
 */
import type { AnswersAhead } from './ahead';
import type { Incoming, Question } from './question';
import type { SettledQuestions } from './settled-questions';

export interface QuestionState {
  readonly open: ReadonlyMap<string, Question>;
  readonly settled: SettledQuestions;
  /** Of questions that ended without an answer. */
  readonly withdrawn: ReadonlySet<string>;
  /** Events that nothing wanted yet. */
  readonly early: readonly Incoming[];
  readonly earlyBytes: number;
  /** The link whose questions may be named as earlier releases did, without a digest. */
  readonly formerLink: string | undefined;
  /** Answers that wait for their question to be asked again. */
  readonly ahead: Pick<AnswersAhead, 'find' | 'hasRoom' | 'isBehind'>;
  /** What came with a reset has an answer that nobody can know the question of: those after it may have come second. */
  readonly isOrderLost: boolean;
}
