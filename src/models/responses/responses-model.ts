/**
 * Responses model: a model behind OpenAI's Responses API or a compatible one.
 *
 * Optional fields are sent until a model refuses them, and then never again: models that do not reason refuse
 * `include`.
 *
 * @module
 */
import { isAgentError } from '../../protocol';
import { isMalformedCall, toModelError } from '../classify';
import { refusesProviderFields, withoutProviderFields } from '../refused-fields';
import type { Model, ModelCallOptions, ModelRequest, RawReply } from '../model';
import { type SettledServer, serverText, serverTitle } from '../model-server';
import { OptionalFields, type OptionalParts } from '../optional-fields';
import { ProviderError, thrownProblem } from '../provider-error';
import { readingClient } from '../reading-client';
import { readReply } from './read-reply';
import { type ResponsesRequest, writeRequest } from './write-request';

const OPTIONAL: OptionalParts<ResponsesRequest> = {
  fields: {
    include: /encrypted content is not supported|parameter.{0,10}\binclude\b/,
    parallel_tool_calls: /parallel_?tool/,
    'text.format': /text\.format|response_?format|json_schema|structured output/,
  },
  schemaField: 'text.format',
  hasCalls: ({ input }) => input.some(({ type }) => type === 'function_call'),
};

/** @param llm The name that agents know the model by. @param server Whose client has a Responses API. */
export function responsesModel(llm: string, server: SettledServer): Model {
  const { client, bodyOf } = readingClient(server.client);
  const { model, of } = server;
  const optional = new OptionalFields(OPTIONAL);

  const send = async (request: ModelRequest, options: ModelCallOptions): Promise<RawReply> => {
    const { signal, onText, timeoutMs } = options;
    const { renewsIds } = optional;
    const body = optional.without(writeRequest(optional.told(request), { model, of, renewsIds }));
    try {
      const { responses } = client as Required<typeof client>;
      const response = await responses.create(body, { signal, maxRetries: 0, timeout: timeoutMs }).asResponse();
      return await readReply(response, { of, onText });
    } catch (error) {
      if (isAgentError(error)) throw error;
      const problem = error instanceof ProviderError ? error.problem : thrownProblem(error, bodyOf(error));
      if (refusesProviderFields(problem, request, of)) return await send(withoutProviderFields(request), options);
      if (optional.refused(problem, body, renewsIds)) return await send(request, options);
      if (isMalformedCall(problem))
        return { content: '', toolCalls: [], finishReason: 'malformed', said: problem.words };
      throw toModelError(problem, serverText(llm, server));
    }
  };
  return { title: serverTitle(server), ask: send };
}
