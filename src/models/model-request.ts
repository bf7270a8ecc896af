/**
 * Model request: an agent, its conversation and what the model is asked for.
 *
 * Prompts rendered for one call (state, last word, structured outcome) are made here and stored nowhere: the transcript
 * holds only what was said.
 *
 * @module
 */
import type { Agent, AgentWorkflowDefinition, ModelSettings } from '../agent';
import {
  contentText,
  hasMedia,
  type ContentPart,
  type JsonObject,
  type UserContent,
  type Message,
  type ModelPurpose,
} from '../protocol';
import { argumentsSchema, outputSchema } from './json-schema';
import type { ModelRequest } from './model';
import { systemPrompt } from './system-prompt';

export interface RequestParts {
  readonly definition: AgentWorkflowDefinition;
  readonly agent: Agent;
  readonly messages: readonly Message[];
  /** Of earlier messages. */
  readonly summary?: string;
  readonly state?: JsonObject;
  readonly data?: JsonObject;
  readonly purpose?: ModelPurpose;
}

const INSTRUCTIONS: Readonly<Record<ModelPurpose, string>> = {
  final: 'The steps for this request are used up. Give the best answer you can from what is known, without tools.',
  summary:
    'Summarize the conversation above for someone who will continue it and cannot read it. Keep names, numbers, decisions, ' +
    'what was promised and what is still to do. Give the summary only.',
  structured: 'Give the outcome of this conversation as JSON of the given schema.',
};

export function modelRequest(parts: RequestParts): ModelRequest {
  const { definition, agent, messages, summary, state, purpose } = parts;
  const before = summary === undefined ? [] : [`Summary of the conversation before:\n${summary}`];
  const base = {
    llm: agent.llm,
    messages,
    system: before,
    tools: [],
    allowParallelToolCalls: agent.allowParallelToolCalls,
    stream: agent.streaming,
    settings: settingsFor(agent, purpose),
  };
  if (purpose === 'summary') return { ...base, messages: messages.map(inWords), instruction: INSTRUCTIONS.summary };
  const schema = purpose === 'structured' ? outputSchema(definition) : undefined;
  if (schema !== undefined) {
    return { ...base, instruction: INSTRUCTIONS.structured, outputSchema: schema };
  }
  const system = [systemPrompt(parts), ...before];
  if (purpose === 'final') return { ...base, system, instruction: INSTRUCTIONS.final };
  const isFromUser = messages.at(-1)?.role === 'user';
  const choice = agent.initialToolChoice;
  return {
    ...base,
    system,
    messages: withState(messages, definition.statePrompt, state),
    tools: agent.tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      parameters: argumentsSchema(tool),
    })),
    ...(choice === undefined || !isFromUser ? {} : { toolChoice: choice }),
  };
}

/** Extra fields that constrain a reply's form. */
const BINDS_FORM = /^(grammar|json_schema|structured_outputs|guided_\w+|regex|ebnf)$/;

/** Length and form of an agent's words do not apply to summaries or structured outcomes. */
function settingsFor({ modelSettings }: Agent, purpose: ModelPurpose | undefined): ModelSettings {
  if (purpose === undefined || purpose === 'final') return modelSettings;
  const { maxTokens: _ofItsWords, extraBody = {}, ...settings } = modelSettings;
  const fields = Object.entries(extraBody).filter(([name]) => !BINDS_FORM.test(name));
  return { ...settings, ...(fields.length === 0 ? {} : { extraBody: Object.fromEntries(fields) }) };
}

/** The last user message with the state around it, for this call only. */
function withState(
  messages: readonly Message[],
  prompt: string | undefined,
  state: JsonObject | undefined,
): readonly Message[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const message = messages[last];
  if (prompt === undefined || state === undefined || Object.keys(state).length === 0) return messages;
  if (message?.role !== 'user') return messages;
  const pieces = prompt.split(/(\{state\}|\{msg\})/).map((piece): UserContent => {
    if (piece === '{msg}') return message.content;
    return piece === '{state}' ? JSON.stringify(state, null, 2) : piece;
  });
  return messages.with(last, { role: 'user', content: inOne(pieces) });
}

/** Images and files once, at the message's first place. */
function inOne(pieces: readonly UserContent[]): UserContent {
  const first = pieces.findIndex(hasMedia);
  if (first < 0) return pieces.map(contentText).join('');
  return pieces.flatMap((piece, nth): readonly ContentPart[] =>
    nth === first && typeof piece !== 'string' ? piece : [{ type: 'text', text: contentText(piece) }],
  );
}

/** Summaries are for those who cannot read the conversation, so images become words. */
function inWords(message: Message): Message {
  return message.role === 'user' ? { ...message, content: contentText(message.content) } : message;
}
