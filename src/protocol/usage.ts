/**
 * Usage: the tokens of model calls, as providers count them.
 *
 * @module
 */

/** The tokens of one model call. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The part of the input that was read from the provider's cache. */
  readonly cachedTokens?: number;
  /** The part of the output that was reasoning. */
  readonly reasoningTokens?: number;
}

/** The tokens of several calls, including those with an unusable reply. */
export interface TotalUsage extends Usage {
  readonly calls: number;
}

/** By the agents' `llm`, or which other model of it replied: its title. */
export type UsageByModel = Readonly<Record<string, TotalUsage>>;
