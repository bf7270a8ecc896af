/**
 * Shapes: what is used of a language model of the AI SDK.
 *
 * By shape, and nothing is imported: its specification has versions 2 to 4, one for each release of the AI SDK from 5 on,
 * and a provider's package brings its own.
 *
 * @module
 */
import type { JsonObject } from '../../protocol';

/** A language model of a provider's package: `anthropic('claude-sonnet-4-5')`. */
export interface AiSdkLanguageModel {
  readonly specificationVersion: string;
  readonly provider: string;
  readonly modelId: string;
  // Their own types of options differ between versions in details that are not used here.
  // oxlint-disable-next-line typescript/no-explicit-any -- parameters of methods of three versions
  doGenerate(options: any): PromiseLike<any>;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  doStream(options: any): PromiseLike<any>;
}

/** What a provider says beside a part, and wants to have back beside it: by the provider's name. */
export type Metadata = JsonObject;

/** A part of a reply: of the content of `doGenerate`, or put together from a stream. */
export type ReplyPart =
  | { readonly type: 'text' | 'reasoning'; readonly text: string; readonly metadata?: Metadata }
  | {
      readonly type: 'tool-call';
      readonly toolCallId: string;
      readonly toolName: string;
      /** The model's own text. */
      readonly input: string;
      readonly metadata?: Metadata;
    };
