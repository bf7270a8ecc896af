/**
 * Usage: the tokens of model calls, as providers count them.
 *
 * @module
 */

/** Of one model call. A field that is absent was not told. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input: read from the provider's cache. */
  readonly cachedTokens?: number;
  /** Of the output: reasoning. */
  readonly reasoningTokens?: number;
}

/** Of several calls, those that failed or whose reply nobody could use included, where they were told. */
export interface TotalUsage extends Usage {
  readonly calls: number;
}

/** By the agents' `llm`. */
export type UsageByModel = Readonly<Record<string, TotalUsage>>;

export function addUsage(total: UsageByModel, llm: string, usage: Usage): UsageByModel {
  const before = Object.hasOwn(total, llm) ? total[llm] : undefined;
  const sum = (key: 'cachedTokens' | 'reasoningTokens'): object =>
    before?.[key] === undefined && usage[key] === undefined ? {} : { [key]: (before?.[key] ?? 0) + (usage[key] ?? 0) };
  return {
    ...total,
    [llm]: {
      calls: (before?.calls ?? 0) + 1,
      inputTokens: (before?.inputTokens ?? 0) + usage.inputTokens,
      outputTokens: (before?.outputTokens ?? 0) + usage.outputTokens,
      ...sum('cachedTokens'),
      ...sum('reasoningTokens'),
    },
  };
}
