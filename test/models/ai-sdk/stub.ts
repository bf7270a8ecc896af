/**
 * Stub: a language model of the AI SDK that replies what a test says, and a request to ask it.
 *
 * @module
 */
import { aiSdkModel } from '../../../src/ai-sdk';

export const stub = (more: object): never =>
  ({
    specificationVersion: 'v3',
    provider: 'p',
    modelId: 'm',
    doGenerate: () => undefined,
    doStream: () => undefined,
    ...more,
  }) as never;
export const asked = {
  llm: 'x',
  system: [],
  messages: [{ role: 'user' as const, content: 'Hi' }],
  tools: [],
  allowParallelToolCalls: true,
  stream: false,
  settings: {},
};
export const options = { signal: new AbortController().signal, onText: () => undefined, timeoutMs: 1000 };
export const result = {
  content: [{ type: 'text', text: 'Hi.' }],
  finishReason: { unified: 'stop', raw: 'end' },
  warnings: [],
};

export const cut = { unified: 'other', raw: undefined };
export const call = { type: 'tool-call', toolCallId: 'a', toolName: 'wipe' };
export const asking = (content: readonly object[], finishReason: object) =>
  aiSdkModel(stub({ doGenerate: async () => ({ content, finishReason, warnings: [] }) })).ask(asked, options);
