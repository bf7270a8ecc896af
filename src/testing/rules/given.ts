/**
 * Given: what a scripted model gave with its replies and wants back, as some providers do.
 *
 * Gemini 3 signs the first call of each reply. DeepSeek, once it has thought, wants its thoughts beside calls.
 * OpenRouter wants its signed reasoning details unchanged.
 *
 * @module
 */
import type { Completion } from '../chat-completion';
import type { ModelMessage, ModelRequest, ScriptedAnswer } from '../scripted-reply';
import type { ProviderRules } from './index';

/** Google's documented signature for calls of another model. */
const NOT_SIGNED = 'skip_thought_signature_validator';

type SignedCall = {
  readonly function: { readonly name: string };
  readonly extra_content?: { readonly google?: { readonly thought_signature?: unknown } };
};
type ThinkingMessage = ModelMessage & { readonly reasoning_content?: unknown; readonly reasoning_details?: unknown };

export class Given {
  readonly #rules: ProviderRules;
  /** Each with the tool whose call it signs. */
  readonly #signatures = new Map<unknown, string>();
  /** By the id of the first call beside them. */
  readonly #thoughts = new Map<string, string>();
  readonly #details = new Map<string, string>();

  constructor(rules: ProviderRules) {
    this.#rules = rules;
  }

  /** The completion with what the provider wants back. */
  with(completion: Completion, { reasoning }: ScriptedAnswer): Completion {
    const [first, ...others] = completion.toolCalls;
    if (first === undefined) return reasoning === undefined ? completion : { ...completion, reasoning };
    if (this.#signs(completion.model) && !('extra_content' in first)) {
      const thought_signature = `signed-${first.id}`;
      this.#signatures.set(thought_signature, first.function.name);
      const signed = { ...first, extra_content: { google: { thought_signature } } };
      return { ...completion, toolCalls: [signed, ...others] };
    }
    if (reasoning === undefined) return completion;
    if (this.#rules === 'openrouter') {
      const signature = `signed-${first.id}`;
      const reasoningDetails = [
        { type: 'reasoning.text', index: 0, format: 'anthropic-claude-v1', text: reasoning, signature },
      ] as const;
      this.#details.set(first.id, JSON.stringify(reasoningDetails));
      return { ...completion, reasoningDetails };
    }
    this.#thoughts.set(first.id, reasoning);
    return { ...completion, reasoning };
  }

  /** The provider's complaint about a request that lost something of it. */
  complaint({ model, messages }: ModelRequest): string | undefined {
    const calling = messages.filter(({ tool_calls: calls }) => calls !== undefined && calls.length > 0);
    if (this.#signs(model)) {
      if (calling.some((message) => !this.#isSigned(message.tool_calls?.[0]))) {
        return 'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance.';
      }
    }
    if (this.#rules === 'openrouter') {
      const isAltered = ({ tool_calls: calls, reasoning_details: details }: ThinkingMessage): boolean =>
        this.#details.get(calls?.[0]?.id ?? '') !== (details === undefined ? undefined : JSON.stringify(details));
      return calling.some(isAltered)
        ? 'Provider returned error: messages: `thinking` blocks in the latest assistant message cannot be modified.'
        : undefined;
    }
    if (this.#rules !== 'deepseek' || this.#thoughts.size === 0) return undefined;
    const isLost = (message: ThinkingMessage): boolean => {
      const given = this.#thoughts.get(message.tool_calls?.[0]?.id ?? '');
      return given === undefined ? !('reasoning_content' in message) : message.reasoning_content !== given;
    };
    return calling.some(isLost)
      ? 'The `reasoning_content` in the thinking mode must be passed back to the API.'
      : undefined;
  }

  #isSigned(call: SignedCall | undefined): boolean {
    const signature = call?.extra_content?.google?.thought_signature;
    return signature === NOT_SIGNED || this.#signatures.get(signature) === call?.function.name;
  }

  #signs(model: string): boolean {
    return this.#rules === 'gemini' && /gemini-3/.test(model);
  }
}
