/**
 * Spellings: settings with different names at different providers.
 *
 * The most common name is sent first. A provider that refuses it gets the other name at once, and from then on. A
 * setting refused under both names is an error: it is never dropped.
 *
 * @module
 */
import type { ProviderProblem } from '../provider-error';
import type { ChatRequest } from './write-request';

const OTHER_NAMES = {
  /** OpenAI's reasoning models. */
  max_tokens: 'max_completion_tokens',
  /** Mistral. */
  seed: 'random_seed',
} as const;
type Setting = keyof typeof OTHER_NAMES;
const SETTINGS = Object.keys(OTHER_NAMES) as Setting[];

/** Must stand next to the name; otherwise it concerns another field. */
const REFUSED =
  'unsupported|not support|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|forbidden|cannot find|deprecated';
/** A refused value is not retried under another name, which a server might not know and ignore. */
const VALUE_REFUSED =
  /unsupported[ _]value|too (large|small|high|low|big|many)|at (most|least)|out of range|maximum|between|[<>]=? ?\d/;
/** Introduces what a server does know. */
const KNOWN = /\bexpected|one of|did you mean|(supported|allowed|valid) \w+ (are|is)\b/;

export class Spellings {
  readonly #renamed = new Set<Setting>();

  /** The body with the names that this provider knows. */
  spelt(body: ChatRequest): ChatRequest {
    const fields = Object.entries(body).map(
      ([name, value]) => [this.#renamed.has(name as Setting) ? OTHER_NAMES[name as Setting] : name, value] as const,
    );
    return Object.fromEntries(fields) as unknown as ChatRequest;
  }

  /**
   * @param body As it was sent, since other requests may be under way.
   * @returns The setting whose name was refused, if any. From now on it goes under the other name.
   */
  refused({ status, words }: ProviderProblem, body: ChatRequest): Setting | undefined {
    const said = words.toLowerCase();
    if ((status !== 400 && status !== 422) || VALUE_REFUSED.test(said)) return undefined;
    const [unknown = ''] = said.split(KNOWN);
    const isRefused = (name: string): boolean => name in body && isNear(unknown, name);
    const setting = SETTINGS.find((one) => isRefused(one) || isRefused(OTHER_NAMES[one]));
    if (setting === undefined) return undefined;
    if (setting in body) this.#renamed.add(setting);
    else this.#renamed.delete(setting);
    return setting;
  }
}

function isNear(said: string, name: string): boolean {
  return new RegExp(`(${REFUSED})[^.;]{0,40}\\b${name}\\b|\\b${name}\\b[^.;]{0,40}(${REFUSED})`).test(said);
}
