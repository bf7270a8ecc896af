/**
 * AI SDK: its provider packages as models of agents. Nothing of the AI SDK is needed to load this.
 *
 * @module
 */
export type { Message, ModelSettings, ModelToolCall, ProviderFields } from './agent';
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
} from './protocol';
