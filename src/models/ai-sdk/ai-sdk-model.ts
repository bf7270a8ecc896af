/**
 * AI SDK model: a language model of one of the AI SDK's provider packages, as a `Model`.
 *
 * @module
 */
import {
  AgentError,
  checkOptions,
  isAgentError,
  isPlainObject,
  KINDS,
  type JsonObject,
  type OptionTable,
} from '../../protocol';
import { toModelError } from '../classify';
import { refusesProviderFields, withoutProviderFields } from '../refused-fields';
import type { Model, ModelCallOptions, ModelRequest, RawReply } from '../model';
import { refusesIds } from '../optional-fields';
import { ProviderError, type ProviderProblem, readProblem, thrownProblem } from '../provider-error';
import { isCutOffJson } from '../reply-body';
import { GrowingParts } from './read-reply';
import type { AiSdkLanguageModel } from './shapes';
import { writeOptions } from './write-options';

export interface AiSdkModelOptions {
  /** What a person is told instead of the model's id and its provider's name. */
  readonly title?: string;
  /** Passed to the provider as they are, by its name: `{anthropic: {thinking: {...}}}`. */
  readonly providerOptions?: JsonObject;
}

const OPTIONS: OptionTable<AiSdkModelOptions> = { title: KINDS.text, providerOptions: KINDS.object };

/**
 * Have a language model of the AI SDK answer for an `llm`: `createWorker({models: {x: aiSdkModel(anthropic('...'))}})`.
 *
 * Takes any provider package whose models have specification 2, 3 or 4: AI SDK 5, 6 and 7, of which the last needs Node
 * 22. Its own retries are not used: Temporal retries. Reasoning and signatures go back to the model that sent them. A
 * setting that the model does not take is `MODEL_REJECTED`; so are `extraBody` (use `providerOptions`), and
 * `reasoningEffort` before specification 4. `allowParallelToolCalls: false` is a provider option there, and not sent.
 *
 * @throws AgentError `INVALID_OPTION` for what is no such model.
 */
export function aiSdkModel(model: AiSdkLanguageModel, options: AiSdkModelOptions = {}): Model {
  checkOptions('aiSdkModel', options, OPTIONS);
  const version = versionOf(model);
  const title = options.title ?? `${model.modelId} at ${model.provider}`;
  const of = `ai-sdk ${model.provider} ${model.modelId}`;
  const { providerOptions } = options;
  const recipient = { of, version, ...(providerOptions === undefined ? {} : { providerOptions }) };
  let renewsIds = false;
  const send = async (request: ModelRequest, callOptions: ModelCallOptions): Promise<RawReply> => {
    const hadNewIds = renewsIds;
    try {
      const given = writeOptions(request, { ...recipient, renewsIds }, callOptions);
      return (await ask(model, request, given, callOptions)).finish(of);
    } catch (error) {
      if (isAgentError(error)) throw error;
      const problem = error instanceof ProviderError ? error.problem : problemOf(error);
      if (refusesProviderFields(problem, request, of)) return await send(withoutProviderFields(request), callOptions);
      if (!hadNewIds && refusesIds(problem)) {
        renewsIds = true;
        return await send(request, callOptions);
      }
      throw toModelError(problem, `"${request.llm}" (${title})`);
    }
  };
  return { title, ask: send };
}

async function ask(
  model: AiSdkLanguageModel,
  { stream, outputSchema }: ModelRequest,
  options: object,
  { onText }: ModelCallOptions,
): Promise<{ finish(of: string): RawReply }> {
  const growing = new GrowingParts(onText);
  if (!stream || outputSchema !== undefined) {
    growing.addResult(await model.doGenerate(options));
    return growing;
  }
  const { stream: parts } = (await model.doStream(options)) as { readonly stream: ReadableStream<unknown> };
  const reader = parts.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return growing;
      growing.add(value);
      if (growing.hasEnded) return growing;
    }
  } finally {
    void reader.cancel().catch(() => undefined);
  }
}

/** Errors before anything is sent, which a retry cannot mend, with the status that a provider has for the like. */
const LASTING: Readonly<Record<string, number>> = {
  AI_InvalidArgumentError: 400,
  AI_InvalidPromptError: 400,
  AI_LoadAPIKeyError: 401,
  AI_LoadSettingError: 400,
  AI_NoSuchProviderError: 404,
  AI_NoSuchModelError: 404,
  AI_UnsupportedFunctionalityError: 400,
};

/** Its HTTP errors keep the provider's answer under other names. */
function problemOf(error: unknown): ProviderProblem {
  const { statusCode, responseHeaders, responseBody } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const { name } = (error ?? {}) as Partial<Error>;
  const lasting = name !== undefined && Object.hasOwn(LASTING, name) ? LASTING[name] : undefined;
  const body = typeof responseBody === 'string' && responseBody !== '' ? responseBody : undefined;
  if (typeof statusCode !== 'number') {
    return { ...thrownProblem(error), ...(lasting === undefined ? {} : { status: lasting, isPassing: false }) };
  }
  if (statusCode < 400) return { ...thrownProblem(error), ...unreadable(body) };
  const headers = new Headers(isPlainObject(responseHeaders) ? (responseHeaders as Record<string, string>) : {});
  return thrownProblem(Object.assign(new Error((error as Error).message), { status: statusCode, headers }), body);
}

/** A reply that its package could not read: it broke off, is an error, or would be the same again. */
function unreadable(body: string | undefined): Partial<ProviderProblem> {
  if (body === undefined || isCutOffJson(body)) return { isPassing: true };
  try {
    return readProblem(JSON.parse(body)) ?? { status: 200, isPassing: false };
  } catch {
    return { status: 200, isPassing: false };
  }
}

function versionOf(model: unknown): number {
  const { specificationVersion, doGenerate, doStream, provider, modelId } = (model ??
    {}) as Partial<AiSdkLanguageModel>;
  const [, version] = /^v(\d+)$/.exec(specificationVersion ?? '') ?? [];
  const isModel = typeof doGenerate === 'function' && typeof doStream === 'function' && version !== undefined;
  if (isModel && typeof provider === 'string' && typeof modelId === 'string' && ['2', '3', '4'].includes(version)) {
    return Number(version);
  }
  const given = isModel
    ? `has specification ${String(specificationVersion)}: 2, 3 and 4 are known`
    : 'is none: give what a provider package makes, such as anthropic("claude-sonnet-4-5")';
  throw new AgentError('INVALID_OPTION', `aiSdkModel takes a language model of the AI SDK, and this ${given}.`, {
    of: 'aiSdkModel',
    option: 'model',
  });
}
