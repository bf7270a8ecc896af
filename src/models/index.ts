/**
 * Models: the boundary to providers.
 *
 * Requests are written, and replies and errors read, in one place each. The transcript between them is complete and
 * provider-neutral.
 *
 * @module
 */
export { aiSdkModel, type AiSdkModelOptions } from './ai-sdk/ai-sdk-model';
export type { AiSdkLanguageModel } from './ai-sdk/shapes';
export { chatModel } from './chat/chat-model';
export { checkedModel } from './checked-model';
export { roundedNumber } from './exact-json';
export { argumentsSchema, jsonSchema, outputSchema } from './json-schema';
export type { FinishReason, Model, ModelCallOptions, ModelRequest, OfferedTool, RawReply, RawToolCall } from './model';
export { modelRequest, type RequestParts } from './model-request';
export {
  MODEL_APIS,
  type ModelApi,
  type ModelClient,
  type ModelClientOptions,
  type ModelServer,
  type ModelSource,
  settledServer,
} from './model-server';
export { responsesModel } from './responses/responses-model';
export { withSettings } from './with-settings';
