/**
 * Write options: a request in the form that an AI SDK model takes.
 *
 * @module
 */
import { AgentError, type ContentPart, type JsonObject, type UserContent } from '../../protocol';
import { CallIds } from '../call-ids';
import { textsAt } from '../joined-texts';
import type { ModelCallOptions, ModelRequest } from '../model';
import { type CallWithResult, type ModelTurn, turnsOfRequest } from '../turns';
import { systemText, writtenName, writtenTool } from '../written';
import { keptParts } from './kept-parts';

export interface Recipient {
  /** Whose parts it gets back. */
  readonly of: string;
  /** Of its specification. */
  readonly version: number;
  readonly providerOptions?: JsonObject;
  /** Whether every call gets a new id. */
  readonly renewsIds?: boolean;
}

/** @throws AgentError `MODEL_REJECTED` for what the AI SDK has no words for. */
export function writeOptions(request: ModelRequest, recipient: Recipient, { signal }: ModelCallOptions): object {
  const { tools, toolChoice, outputSchema, settings } = request;
  const { temperature, topP, maxTokens, seed } = settings;
  const { providerOptions } = recipient;
  const system = systemText(request);
  return {
    prompt: [...(system === '' ? [] : [{ role: 'system', content: system }]), ...conversation(request, recipient)],
    ...(tools.length === 0
      ? {}
      : {
          tools: tools.map((tool) => {
            const { name, description, parameters: inputSchema } = writtenTool(tool);
            return { type: 'function', name, description, inputSchema };
          }),
          toolChoice: writeToolChoice(toolChoice ?? 'auto'),
        }),
    ...(outputSchema === undefined ? {} : { responseFormat: { type: 'json', schema: outputSchema, name: 'outcome' } }),
    ...given({ temperature, topP, maxOutputTokens: maxTokens, seed, providerOptions }),
    ...ownSettings(request, recipient),
    abortSignal: signal,
  };
}

function given(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** Settings that not every version has. */
function ownSettings({ settings }: ModelRequest, { version }: Recipient): object {
  const { reasoningEffort, extraBody } = settings;
  const refuse = (setting: string): never => {
    throw new AgentError(
      'MODEL_REJECTED',
      `This model of the AI SDK has no ${setting}: give what its provider calls it as aiSdkModel(model, {providerOptions}).`,
      {},
    );
  };
  if (extraBody !== undefined) return refuse('extraBody');
  if (reasoningEffort === undefined) return {};
  return version >= 4 ? { reasoning: reasoningEffort } : refuse('reasoningEffort');
}

function conversation(request: ModelRequest, recipient: Recipient): readonly object[] {
  const { llm } = request;
  const ids = new CallIds();
  return turnsOfRequest(request).flatMap((turn) =>
    turn.role === 'user'
      ? [{ role: 'user', content: writeContent(turn.content, recipient) }]
      : writeModelTurn(turn, recipient.of, (id) => ids.write(id, !recipient.renewsIds && (turn.by ?? llm) === llm)),
  );
}

function writeModelTurn(turn: ModelTurn, of: string, idOf: (id: string) => string): readonly object[] {
  const { content, calls, provider } = turn;
  const written = new Map(calls.map((call) => [call.id, { ...call, toolCallId: idOf(call.id) }]));
  const results = [...written.values()].map(({ toolCallId, name, result }) => ({
    type: 'tool-result',
    toolCallId,
    toolName: writtenName(name),
    output: { type: 'text', value: result },
  }));
  const parts: object[] = [];
  const call = (
    { toolCallId, id, name, args }: CallWithResult & { readonly toolCallId: string },
    also: object,
  ): void => {
    written.delete(id);
    parts.push({ type: 'tool-call', toolCallId, toolName: writtenName(name), input: args, ...also });
  };
  const say = (text: string, also: object): void => {
    if (text.trim() !== '') parts.push({ type: 'text', text, ...also });
  };
  const kept = provider?.of === of ? keptParts(provider.message) : [];
  const spans = kept.flatMap((part) => (part.type === 'text' ? [part.span] : []));
  const texts = [...(spans.length === 1 ? [content] : textsAt(content, spans))];
  for (const part of kept) {
    const also = part.metadata === undefined ? {} : { providerOptions: part.metadata };
    if (part.type === 'reasoning') parts.push({ type: 'reasoning', text: part.text, ...also });
    else if (part.type === 'text') say(texts.shift() ?? '', also);
    else {
      const known = written.get(part.toolCallId);
      if (known !== undefined) call(known, also);
    }
  }
  if (spans.length === 0) say(content, {});
  for (const one of written.values()) call(one, {});
  return [{ role: 'assistant', content: parts }, ...(results.length === 0 ? [] : [{ role: 'tool', content: results }])];
}

function writeContent(content: UserContent, { version }: Recipient): readonly object[] {
  return typeof content === 'string'
    ? [{ type: 'text', text: content }]
    : content.map((part) => writePart(part, version));
}

function writePart(part: ContentPart, version: number): object {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image_url':
      return filePart(part.image_url.url, 'image/*', version);
    case 'input_audio': {
      const { data, format } = part.input_audio;
      return filePart(`data:audio/${format === 'mp3' ? 'mpeg' : format};base64,${data}`, 'audio/*', version);
    }
    default: {
      const { file_data: data, filename } = part.file;
      if (data === undefined) {
        const message =
          'A file that was uploaded to one provider cannot be given to a model of the AI SDK: give its URL or its bytes.';
        throw new AgentError('MODEL_REJECTED', message, {});
      }
      const hasType = /^(data|https?):/i.test(data);
      if (!hasType && !/(^|\.pdf)$/i.test(filename ?? '')) {
        const message = `The bytes of "${filename}" do not say what they are: give them as a data: URL, which does.`;
        throw new AgentError('MODEL_REJECTED', message, {});
      }
      const source = hasType ? data : `data:application/pdf;base64,${data}`;
      return { ...filePart(source, 'application/pdf', version), ...(filename === undefined ? {} : { filename }) };
    }
  }
}

/** @param url An http or https URL, or a base64 data: URL. @param type Where the URL does not say it. */
function filePart(url: string, type: string, version: number): object {
  const [, mediaType = type, data] = /^data:([^;,]*)(?:;[^;,]*)*;base64,(.*)$/is.exec(url) ?? [];
  if (data !== undefined) return { type: 'file', mediaType, data: version >= 4 ? { type: 'data', data } : data };
  const address = new URL(url);
  return { type: 'file', mediaType: type, data: version >= 4 ? { type: 'url', url: address } : address };
}

function writeToolChoice(choice: string): object {
  return ['auto', 'none', 'required'].includes(choice) ? { type: choice } : { type: 'tool', toolName: choice };
}
