/**
 * Token count: the tokens that a run's model calls used, by model.
 *
 * Part of the context, so later links and runs that start from it count on.
 *
 * @module
 */
import type { Usage, UsageByModel } from '../../protocol';

type Part = 'cachedTokens' | 'reasoningTokens';

export class TokenCount {
  #total: UsageByModel = {};

  /** @param usage `undefined` when the provider did not report it. */
  add(llm: string, usage: Usage | undefined): void {
    if (usage === undefined) return;
    const before = Object.hasOwn(this.#total, llm) ? this.#total[llm] : undefined;
    const sum = (part: Part): { readonly [P in Part]?: number } =>
      before?.[part] === undefined && usage[part] === undefined ? {} : { [part]: added(before?.[part], usage[part]) };
    this.#total = {
      ...this.#total,
      [llm]: {
        calls: (before?.calls ?? 0) + 1,
        inputTokens: added(before?.inputTokens, usage.inputTokens),
        outputTokens: added(before?.outputTokens, usage.outputTokens),
        ...sum('cachedTokens'),
        ...sum('reasoningTokens'),
      },
    };
  }

  resume({ usage = {} }: { readonly usage?: UsageByModel }): void {
    this.#total = usage;
  }

  toJson(): { readonly usage?: UsageByModel } {
    return Object.keys(this.#total).length === 0 ? {} : { usage: this.#total };
  }
}

/** Bounded: a reply completed by hand may claim any number, and the sum must stay JSON. */
function added(before = 0, more = 0): number {
  return Math.max(0, Math.min(before + more, Number.MAX_SAFE_INTEGER));
}
