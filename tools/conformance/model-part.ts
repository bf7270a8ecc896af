/**
 * Model part: what the one scripted model says in one scenario.
 *
 * When it may say it is up to the phase under way: see clock.ts.
 *
 * @module
 */
import type { ScriptedReply } from 'countersign/testing';
import type { ModelReply } from './scenario';

export class ModelPart {
  readonly #script: readonly ModelReply[];
  readonly #hold: (delayMs: number) => Promise<void>;
  #next = 0;

  /** @param hold Settles when a reply may be given that takes so long. */
  constructor(script: readonly ModelReply[], hold: (delayMs: number) => Promise<void>) {
    this.#script = script;
    this.#hold = hold;
  }

  /** The next reply. An error at the end of the script repeats; undefined: there is nothing more to say. */
  reply(): ScriptedReply | undefined {
    const last = this.#script.at(-1);
    const reply = this.#script[this.#next] ?? (last?.status == null ? undefined : last);
    this.#next += 1;
    if (reply === undefined) return undefined;
    const hold = this.#hold(reply.delay_ms);
    if (reply.status != null)
      return { status: reply.status, ...(reply.error == null ? {} : { error: reply.error }), hold };
    return {
      content: reply.content ?? null,
      toolCalls: reply.tool_calls.map(({ id, name, arguments: args }) => ({
        ...(id == null ? {} : { id }),
        name,
        arguments: args,
      })),
      hold,
    };
  }
}
