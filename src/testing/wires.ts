/**
 * Wires: the wire protocols that the scripted model speaks.
 *
 * @module
 */
import { completionBody, completionChunks } from './chat-completion';
import { responseBody, responseEvents } from './responses';
import type { Given } from './rules/given';
import type { ResponsesBody } from './rules/responses';
import type { Wire } from './send-reply';

/** @param given What the replies have that is to come back. */
export const chatWire = (given: Given): Wire => ({
  body: (completion, answer) => completionBody(given.with(completion, answer)),
  events: (completion, answer, includeUsage) => [
    ...completionChunks(given.with(completion, answer), includeUsage).map(
      (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
    ),
    'data: [DONE]\n\n',
  ],
  // The end of the choice, and that of the stream.
  closing: 2,
});

/** @param given Where the reasoning is kept that is given, encrypted. */
export function responsesWire({ include }: ResponsesBody, given: Set<string>): Wire {
  const isReasoningWanted = Array.isArray(include) && include.includes('reasoning.encrypted_content');
  const body: Wire['body'] = (completion, { reasoning }) => {
    const response = responseBody(completion, { isReasoningWanted, reasoning });
    for (const { encrypted_content: encrypted } of response['output'] as readonly { encrypted_content?: string }[])
      if (encrypted !== undefined) given.add(encrypted);
    return response;
  };
  return {
    body,
    events: (completion, answer) =>
      responseEvents(body(completion, answer) as ReturnType<typeof responseBody>).map(
        (event) => `event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`,
      ),
    closing: 1,
  };
}
