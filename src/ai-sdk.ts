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
export type {
  AudioPart,
  ContentPart,
  FilePart,
  ImagePart,
  Json,
  JsonObject,
  JsonPrimitive,
  TextPart,
  Usage,
  UserContent,
  Message,
  ModelToolCall,
  ProviderFields,
} from './protocol';
