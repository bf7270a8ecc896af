/**
 * Spellings: settings that providers have different names for.
 *
 * The name that most know is sent first. A provider that does not know it is asked again at once under the other name, and
 * from then on. One that knows neither has refused the setting: it is never left out.
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

/** Said right before or after a name, or else it is of another field. */
const REFUSED =
  'unsupported|not support|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|forbidden|cannot find|deprecated';
/** A value is not worth asking for under another name, which a server may not know and ignore. */
const VALUE_REFUSED =
  /unsupported[ _]value|too (large|small|high|low|big|many)|at (most|least)|out of range|maximum|between|[<>]=? ?\d/;
/** What a server knows is told after what it does not know. */
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
   * @param body As it was sent: many requests are on their way at once.
   * @returns The setting whose name was refused, if any. From now on it is sent under the other one.
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
