/**
 * Chat model: a model behind OpenAI's chat-completions API or a compatible one.
 *
 * Optional fields are sent until the server refuses them, and then never again.
 *
 * @module
 */
import { isAgentError } from '../../protocol';
import { isMalformedCall, toModelError } from '../classify';
import { refusesProviderFields, withoutProviderFields } from '../refused-fields';
import type { Model, ModelCallOptions, ModelRequest, RawReply } from '../model';
import { type SettledServer, serverText, serverTitle } from '../model-server';
import { readingClient } from '../reading-client';
import { ProviderError, type ProviderProblem, thrownProblem } from '../provider-error';
import { OptionalFields, type OptionalParts } from '../optional-fields';
import { readReply } from './read-reply';
import { Spellings } from './spellings';
import { type ChatRequest, writeRequest } from './write-request';

/** Models that refuse their calls without the thought signatures. */
const SIGNS_CALLS = /gemini-(?:[3-9]|\d\d)/i;
/** Google's documented signature for calls of another model. */
const UNSIGNED = { extra_content: { google: { thought_signature: 'skip_thought_signature_validator' } } };

/** DeepSeek refuses calls without reasoning once it reasons; another model's calls have none. */
const MISSES_REASONING = /reasoning_content.{0,60}must be passed back|missing.{0,5}reasoning_content/is;

const OPTIONAL: OptionalParts<ChatRequest> = {
  fields: {
    stream_options: /stream_options|include_usage/,
    parallel_tool_calls: /parallel_?tool/,
    response_format: /response_?format|json_schema|structured output/,
  },
  schemaField: 'response_format',
  hasCalls: ({ messages }) => messages.some((message) => 'tool_calls' in message),
};

/** @param llm The name that agents know the model by. */
export function chatModel(llm: string, server: SettledServer): Model {
  const { client, bodyOf } = readingClient(server.client);
  const { of } = server;
  const recipient = { model: server.model, of, ...(SIGNS_CALLS.test(server.model) ? { foreignCall: UNSIGNED } : {}) };
  const optional = new OptionalFields(OPTIONAL);
  const spellings = new Spellings();
  let wantsReasoning = false;

  /** @param refused The refusals of settings that were sent under their other name before. */
  const send = async (
    request: ModelRequest,
    options: ModelCallOptions,
    refused: Readonly<Record<string, string>> = {},
  ): Promise<RawReply> => {
    const { signal, onText, timeoutMs } = options;
    const { renewsIds } = optional;
    const tellsReasoning = wantsReasoning;
    const written = writeRequest(optional.told(request), { ...recipient, renewsIds, tellsReasoning });
    const body = spellings.spelt(optional.without(written));
    const toolNames = new Set(request.tools.map(({ name }) => name));
    try {
      const response = await client.chat.completions
        .create(body, { signal, maxRetries: 0, timeout: timeoutMs })
        .asResponse();
      return await readReply(response, { of, toolNames, onText });
    } catch (error) {
      if (isAgentError(error)) throw error;
      const problem = error instanceof ProviderError ? error.problem : thrownProblem(error, bodyOf(error));
      if (refusesProviderFields(problem, request, of))
        return await send(withoutProviderFields(request), options, refused);
      if (!tellsReasoning && problem.status === 400 && MISSES_REASONING.test(problem.words)) {
        wantsReasoning = true;
        return await send(request, options, refused);
      }
      if (optional.refused(problem, body, renewsIds)) return await send(request, options, refused);
      const setting = spellings.refused(problem, body);
      const before = setting === undefined ? undefined : refused[setting];
      if (setting !== undefined && before === undefined)
        return await send(request, options, { ...refused, [setting]: problem.words });
      if (isMalformedCall(problem)) return malformed(problem);
      const words = before === undefined ? problem.words : `${before}; and under its other name: ${problem.words}`;
      throw toModelError({ ...problem, words }, serverText(llm, server));
    }
  };
  return { title: serverTitle(server), ask: send };
}

function malformed({ words }: ProviderProblem): RawReply {
  return { content: '', toolCalls: [], finishReason: 'malformed', said: words };
}
