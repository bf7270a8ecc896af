/**
 * AI SDK: its provider packages as models of agents. Loading this needs nothing of the AI SDK.
 *
 * @module
 */
export type { ModelSettings } from './agent';
export type {
  AiSdkLanguageModel,
  AiSdkModelOptions,
  FinishReason,
  Model,
  ModelCallOptions,
  ModelRequest,
  OfferedTool,
  RawReply,
  RawToolCall,
} from './models';
export { aiSdkModel } from './models';
export {
  type AudioPart,
  type ContentPart,
  type FilePart,
  type ImagePart,
  type Json,
  type JsonObject,
  type JsonPrimitive,
  type TextPart,
  type Usage,
  type UserContent,
  type Message,
  type ModelToolCall,
  type ProviderFields,
} from './protocol';
