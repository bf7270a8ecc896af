/**
 * Replies: chat completions as servers send them.
 *
 * @module
 */
import { readReply } from '../../../src/models/chat/read-reply';

export function sse(...chunks: readonly object[]): Response {
  const body = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

export const delta = (fields: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
export const toolCall = (fields: object): object => delta({ tool_calls: [fields] });
export const read = (response: Response): ReturnType<typeof readReply> =>
  readReply(response, { of: 'm', toolNames: new Set(['one', 'two', 'add', 'get_weather']), onText: () => undefined });

const DONE = 'data: [DONE]\n\n';
export const body = (chunks: readonly object[], end = DONE): string =>
  chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join('') + end;
export const call = (fields: object, args: unknown, index?: number): object =>
  toolCall({ ...(index === undefined ? {} : { index }), ...fields, function: { ...nameOf(fields), arguments: args } });
const nameOf = (fields: { readonly name?: string }): object => (fields.name === undefined ? {} : { name: fields.name });
export const weather = (args: string, id = 'a'): object => ({ id, name: 'get_weather', arguments: args });

/** The bytes, in pieces that end anywhere. */
export function inPieces(text: string, sizes: readonly number[], type = 'text/event-stream'): Response {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let nth = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      const size = sizes[nth++ % sizes.length] ?? 1;
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
  return new Response(stream, { headers: { 'content-type': type } });
}
