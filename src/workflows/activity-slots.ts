/**
 * Activity slots: how many activities of a run are under way.
 *
 * Bounded, because Temporal stops a run that has too many pending, and agents inside of agents multiply.
 *
 * @module
 */
import { condition } from '@temporalio/workflow';
import { LIMITS } from '../protocol';

export class ActivitySlots {
  #running = 0;
  #tools = 0;

  get isRunningTools(): boolean {
    return this.#tools > 0;
  }

  /** Whether one more may be begun. If not, it waits for `whenRoom`. */
  get hasRoom(): boolean {
    return this.#running < LIMITS.runningActivities;
  }

  async whenRoom(): Promise<void> {
    while (!this.hasRoom) await condition(() => this.hasRoom);
  }

  /** One begins. Say when it has ended. */
  begin(kind: 'model' | 'tool'): void {
    this.#running += 1;
    if (kind === 'tool') this.#tools += 1;
  }

  end(kind: 'model' | 'tool'): void {
    this.#running -= 1;
    if (kind === 'tool') this.#tools -= 1;
  }
}
