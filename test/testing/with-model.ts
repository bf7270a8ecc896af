/**
 * A scripted model and the real `openai` client on it, for the length of one test.
 *
 * @module
 */
import OpenAI from 'openai';
import { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from '../../src/testing';

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;

/** The client retries nothing, so that one call is one request. */
export async function withModel(
  options: ScriptedModelOptions,
  body: (model: ScriptedModel, openai: OpenAI) => Promise<void>,
): Promise<void> {
  const model = await startScriptedModel(options);
  try {
    await body(model, new OpenAI({ apiKey: 'none', baseURL: model.url, maxRetries: 0 }));
  } finally {
    await model.close();
  }
}

/** A request in which the user says something. */
export function saying(text: string, more: Partial<Params> = {}): Params {
  return { model: 'gpt-4o-mini', messages: [{ role: 'user', content: text }], ...more };
}

/** What the model says, without streaming. */
export async function ask(openai: OpenAI, request: Params): Promise<OpenAI.ChatCompletionMessage> {
  const completion = await openai.chat.completions.create(request);
  const message = completion.choices[0]?.message;
  if (message === undefined) throw new Error('a completion without a choice');
  return message;
}

/** The chunks of the same, streamed. */
export async function stream(openai: OpenAI, request: Params): Promise<readonly OpenAI.ChatCompletionChunk[]> {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of await openai.chat.completions.create({ ...request, stream: true })) chunks.push(chunk);
  return chunks;
}

/** The tool calls a model made, as name and arguments. */
export function callsOf(message: OpenAI.ChatCompletionMessage): readonly (readonly [string, string])[] {
  return (message.tool_calls ?? []).map((call) => {
    if (call.type !== 'function') throw new Error(`a tool call of type ${call.type}`);
    return [call.function.name, call.function.arguments];
  });
}
