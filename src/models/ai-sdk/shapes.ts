/**
 * Shapes: the parts of an AI SDK language model that are used.
 *
 * Structural, without imports: specification versions 2 to 4 belong to AI SDK 5 to 7, and each provider package brings
 * its own.
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

/** Provider metadata of a part, to be returned with it, by provider name. */
export type Metadata = JsonObject;

/** A part of a reply, from `doGenerate` or assembled from a stream. */
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
