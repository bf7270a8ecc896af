/**
 * Activity slots: how many activities of a run are under way.
 *
 * Bounded, because Temporal stops a run that has too many pending, and agents inside of agents multiply.
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

  /** Begins an activity if there is room. If there is none, it waits for `beginWhenRoom`. Say when it has ended. */
  tryBegin(kind: 'model' | 'tool'): boolean {
    if (!this.#hasRoom) return false;
    this.#begin(kind);
    return true;
  }

  /** Temporal wakes all that wait when one slot is free. Earlier releases began them all, and their runs go on so. */
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
