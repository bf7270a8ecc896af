/**
 * AI SDK: its provider packages as models of agents. Nothing of the AI SDK is needed to load this.
 *
 * @module
 */
export type * from './index';
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
