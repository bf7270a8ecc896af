/**
 * Rules: what each provider takes, and the shape of its refusals.
 *
 * By the providers' documents and reported refusals. A request that breaks a rule gets 400 before any scripted reply.
 *
 * @module
 */
import type { ModelRequest } from '../scripted-reply';
import type { Given } from './given';
import * as check from './checks';
import * as content from './content';
import * as settings from './settings';

/**
 * Whose rules apply. `template`: servers such as vLLM and llama.cpp with a strict chat template. `anthropic` and
 * `bedrock`: gateways to them.
 */
export type ProviderRules =
  | 'openai'
  | 'gemini'
  | 'mistral'
  | 'deepseek'
  | 'anthropic'
  | 'bedrock'
  | 'groq'
  | 'openrouter'
  | 'template';

export interface RuleRefusal {
  readonly status: number;
  readonly body: object;
}

interface Rules {
  readonly checks: readonly check.Check[];
  readonly refusal: (message: string) => RuleRefusal;
}

const SOUND = [
  check.namesAreValid,
  check.callsHaveResults,
  check.argumentsAreObjects,
  check.toolsAreComplete,
  check.streamOptionsFit,
  check.schemasAreOf2020,
  check.toolsTakeObjects,
  content.listsAreSound,
] as const;
const IN_ORDER = [check.systemIsFirst, check.userIsFirst, check.userOrToolIsLast, check.rolesAlternate] as const;

const likeOpenAI = (message: string): RuleRefusal => ({
  status: 400,
  body: { error: { message, type: 'invalid_request_error', param: null, code: 'invalid_value' } },
});

const GROQ_FIELDS =
  'stream_options max_completion_tokens reasoning_effort reasoning_format include_reasoning seed frequency_penalty ' +
  'presence_penalty service_tier user logprobs top_logprobs logit_bias metadata';

const RULES: Readonly<Record<ProviderRules, Rules>> = {
  openai: {
    checks: [
      ...SOUND,
      check.descriptionsFit,
      check.idsHave(/^.{1,40}$/s),
      content.filesHaveTypes,
      settings.openaiTakesSettings,
    ],
    refusal: likeOpenAI,
  },
  gemini: {
    checks: [
      ...SOUND,
      check.userIsFirst,
      check.userOrToolIsLast,
      check.nothingIsBlank,
      content.partsAre(['image_url', 'input_audio'], ({ type }) => `Invalid content part type: ${type}`),
      settings.knowsOnly(
        'stream_options reasoning_effort max_completion_tokens extra_body',
        (name) => `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`,
      ),
    ],
    refusal: (message) => ({ status: 400, body: [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }] }),
  },
  mistral: {
    checks: [
      ...SOUND,
      ...IN_ORDER,
      check.assistantsSaySomething,
      check.idsHave(/^[a-zA-Z0-9]{9}$/),
      check.messagesHaveOnly('prefix'),
      // Its `file` has only an upload's id beside its type.
      content.partsAre(['image_url', 'input_audio'], ({ type }) => `${type}: Extra inputs are not permitted`),
      settings.knowsOnly(
        'random_seed presence_penalty frequency_penalty prediction prompt_mode reasoning_effort safe_prompt metadata',
        (name) => `${name}: Extra inputs are not permitted`,
      ),
      settings.atMost(
        { temperature: 1.5 },
        ({ name, most }) => `${name}: Input should be less than or equal to ${most}`,
      ),
    ],
    refusal: (message) =>
      /Extra inputs/.test(message)
        ? {
            status: 422,
            body: {
              detail: [
                {
                  type: 'extra_forbidden',
                  loc: ['body', message.split(':')[0]],
                  msg: 'Extra inputs are not permitted',
                },
              ],
            },
          }
        : { status: 400, body: { object: 'error', message, type: 'invalid_request_error', param: null, code: '3230' } },
  },
  deepseek: {
    checks: [
      ...SOUND,
      check.reasoningIsBesideCalls,
      check.schemaIsNotWanted,
      check.userOrToolIsLast,
      content.partsAre(
        ['image_url'],
        ({ message, type }) =>
          `Failed to deserialize the JSON body into the target type: messages[${message}]: unknown variant \`${type}\`, expected \`text\``,
        /^deepseek-flash|vision/,
      ),
      settings.atMost(
        { max_tokens: 65_536 },
        ({ name, most }) => `Invalid ${name} value, the valid range of ${name} is [1, ${most}]`,
      ),
    ],
    refusal: likeOpenAI,
  },
  anthropic: {
    checks: [
      ...SOUND,
      ...IN_ORDER,
      check.nothingIsBlank,
      check.toolsAreThereForCalls,
      check.idsHave(/^[a-zA-Z0-9_-]+$/),
      check.idsAreUnique,
      content.claudeTakesParts,
      settings.claudeTakesSettings,
    ],
    refusal: (message) => ({ status: 400, body: { type: 'error', error: { type: 'invalid_request_error', message } } }),
  },
  bedrock: {
    checks: [
      ...SOUND,
      ...IN_ORDER,
      check.nothingIsBlank,
      check.toolsAreThereForCalls,
      check.idsAreUnique,
      content.claudeTakesParts,
      settings.claudeTakesSettings,
    ],
    refusal: (message) => ({ status: 400, body: { message, __type: 'ValidationException' } }),
  },
  groq: {
    checks: [
      ...SOUND,
      check.messagesHaveOnly('reasoning'),
      content.partsAre(
        ['image_url'],
        ({ message }) =>
          `'messages.${message}' : for 'role:user' the following must be satisfied[('messages.${message}.content' : value must be a string)]`,
        /llama-4|vision|-vl/,
      ),
      settings.effortIsForReasoningModels,
      settings.knowsOnly(GROQ_FIELDS, (name) => `property '${name}' is unsupported`),
    ],
    refusal: likeOpenAI,
  },
  openrouter: {
    checks: [...SOUND, check.idsAreUnique, content.filesHaveTypes],
    refusal: (message) => ({ status: 400, body: { error: { code: 400, message } } }),
  },
  template: {
    checks: [
      ...SOUND,
      ...IN_ORDER,
      check.nothingIsBlank,
      content.partsAre(['image_url', 'input_audio'], ({ type }) => `Unknown part type: ${type}`),
      content.textsAreStrings,
      settings.samplingFitsVllm,
    ],
    refusal: (message) => ({
      status: 400,
      body: { object: 'error', message, type: 'BadRequestError', param: null, code: 400 },
    }),
  },
};

/** Every set of rules. */
export const PROVIDER_RULES = Object.keys(RULES) as readonly ProviderRules[];

/**
 * Why a provider would refuse a request, in its own words; nothing when it would not.
 *
 * @param given What it gave before and wants back. Default: nothing.
 */
export function refusalBy(provider: ProviderRules, request: ModelRequest, given?: Given): RuleRefusal | undefined {
  const { checks, refusal } = RULES[provider];
  const complaint = checks.map((one) => one(request)).find((one) => one !== undefined) ?? given?.complaint(request);
  return complaint === undefined ? undefined : refusal(complaint);
}

/** A call id in the provider's form. @param number Of the request. @param position Of the call in its reply. */
export function callIdBy(provider: ProviderRules, number: number, position: number): string {
  if (provider !== 'mistral') return `call_${number}_${position}`;
  return String(number).padStart(6, '0') + String(position).padStart(3, '0');
}
