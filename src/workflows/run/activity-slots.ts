/**
 * Activity slots: limits a run's pending activities.
 *
 * Temporal stops a run with too many, and nested agents multiply them.
 *
 * @module
 */
import { condition } from '@temporalio/workflow';
import { LIMITS } from '../../protocol';
import { recordedRule } from '../link/recorded-refusal';

export class ActivitySlots {
  #running = 0;
  #tools = 0;

  get isRunningTools(): boolean {
    return this.#tools > 0;
  }

  /** If it returns false, call `beginWhenRoom`. Call `end` when the activity has ended. */
  tryBegin(kind: 'model' | 'tool'): boolean {
    if (!this.#hasRoom) return false;
    this.#begin(kind);
    return true;
  }

  /**
   * One free slot wakes all waiters, so each checks again. Earlier releases did not, and replays of their runs must
   * not.
   */
  async beginWhenRoom(kind: 'model' | 'tool'): Promise<void> {
    do await condition(() => this.#hasRoom);
    while (recordedRule('countersign-slot-each', () => this.#fullText) !== undefined);
    this.#begin(kind);
  }

  end(kind: 'model' | 'tool'): void {
    this.#running -= 1;
    if (kind === 'tool') this.#tools -= 1;
  }

  #begin(kind: 'model' | 'tool'): void {
    this.#running += 1;
    if (kind === 'tool') this.#tools += 1;
  }

  get #hasRoom(): boolean {
    return this.#running < LIMITS.runningActivities;
  }

  get #fullText(): string | undefined {
    return this.#hasRoom ? undefined : 'the slot was taken meanwhile';
  }
}
