/**
 * Bare activities: one HTTP request with `fetch`, and a tool.
 *
 * No streaming, no heartbeats, no checks. The request has the same prompt and tools as ours.
 *
 * @module
 */
import { CHAT_MODEL, KILOBYTE, STEPS_MODEL } from '../task';

export interface ChatMessage {
  readonly role: string;
  readonly content: string | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly arguments: string } }[];
}

const QUESTION_PROMPT = {
  role: 'system',
  content: 'You are a helpful assistant that can perform dangerous tasks.',
};
const QUESTION_TOOLS = [tool('dangerous_task', 'A dangerous task that requires human confirmation.', {})];
const STEPS_TOOLS = [tool('look_up', 'One page of the manual.', { page: { type: 'number' } })];

/** @param modelUrl As the `openai` client takes it; ends in `/v1`. */
export function createBareActivities(modelUrl: string) {
  return {
    async askModel(model: string, messages: readonly ChatMessage[]): Promise<ChatMessage> {
      const asks = model !== STEPS_MODEL && model !== CHAT_MODEL;
      const tools = asks ? QUESTION_TOOLS : model === STEPS_MODEL ? STEPS_TOOLS : undefined;
      const response = await fetch(`${modelUrl}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
        body: JSON.stringify({
          model,
          messages: asks ? [QUESTION_PROMPT, ...messages] : messages,
          ...(tools === undefined ? {} : { tools }),
        }),
      });
      if (!response.ok) throw new Error(`The model answered ${response.status}: ${await response.text()}`);
      const { choices } = (await response.json()) as { choices: readonly [{ message: ChatMessage }] };
      const { role, content, tool_calls: calls } = choices[0].message;
      return calls === undefined ? { role, content } : { role, content, tool_calls: calls };
    },
    lookUp: async (_args: { readonly page: number }): Promise<string> => KILOBYTE,
  };
}

function tool(name: string, description: string, properties: Record<string, object>): object {
  const parameters = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { type: 'function', function: { name, description, parameters } };
}
