/**
 * Turns: a transcript in the order that every provider takes.
 *
 * User and model alternate, from a user message to a user message or tool results. Each call is followed by its
 * results, then by the model's next words. No message is empty.
 *
 * @module
 */
import {
  contentText,
  hasMedia,
  type ContentPart,
  type UserContent,
  type Message,
  type ModelToolCall,
  type ProviderFields,
} from '../protocol';
import type { ModelRequest } from './model';

export interface CallWithResult extends ModelToolCall {
  readonly result: string;
}

export interface UserTurn {
  readonly role: 'user';
  /** A list only where it has more than texts, since not every server takes one. */
  content: UserContent;
}

export interface ModelTurn {
  readonly role: 'assistant';
  content: string;
  calls: readonly CallWithResult[];
  readonly by?: string;
  readonly provider?: ProviderFields;
}

export type Turn = UserTurn | ModelTurn;

/** Each states what happened and asks for nothing. */
const TOLD = {
  begin: '(The conversation begins here.)',
  goOn: '(Go on.)',
  noMessage: '(An empty message.)',
  noOutput: '(no output)',
  noReply: '(No reply was given.)',
  noResult: '(No result is known.)',
} as const;

interface TurnOptions {
  /** Whether tool calls are sent as such; otherwise as texts. */
  readonly hasCalls: boolean;
  /** Said last. */
  readonly instruction?: string;
}

/** The turns of a request. Without tools, calls become texts, since not every provider takes them. */
export function turnsOfRequest({ messages, tools, instruction }: ModelRequest): readonly Turn[] {
  return turnsOf(messages, { hasCalls: tools.length > 0, ...(instruction === undefined ? {} : { instruction }) });
}

function turnsOf(messages: readonly Message[], { hasCalls, instruction }: TurnOptions): readonly Turn[] {
  const turns: Turn[] = [];
  const add = (turn: Turn): void => {
    if (turn.role === 'assistant' && turn.content === '' && turn.calls.length === 0) return;
    const last = turns.at(-1);
    if (last === undefined) {
      if (turn.role === 'assistant') turns.push({ role: 'user', content: TOLD.begin });
    } else if (last.role === 'user' && turn.role === 'user') {
      last.content = both(last.content, turn.content);
      return;
    } else if (last.role === 'assistant' && last.calls.length > 0 && turn.role === 'user') {
      turns.push({ role: 'assistant', content: TOLD.noReply, calls: [] });
    } else if (last.role === 'assistant' && last.calls.length === 0 && turn.role === 'assistant') {
      turns[turns.length - 1] = { ...turn, content: joined(last.content, turn.content) };
      return;
    }
    turns.push(turn);
  };
  const results = new Results(messages);
  for (const [nth, message] of messages.entries()) {
    if (message.role === 'user') add({ role: 'user', content: said(message.content) });
    else if (message.role === 'assistant') for (const turn of modelTurns(message, nth, results, hasCalls)) add(turn);
  }
  if (instruction !== undefined) add({ role: 'user', content: instruction });
  const last = turns.at(-1);
  if (last === undefined || (last.role === 'assistant' && last.calls.length === 0)) {
    turns.push({ role: 'user', content: TOLD.goOn });
  }
  return turns;
}

type AssistantMessage = Extract<Message, { readonly role: 'assistant' | 'system' | 'user'; readonly content: string }>;

function modelTurns(message: AssistantMessage, nth: number, results: Results, hasCalls: boolean): readonly Turn[] {
  const content = message.content.trim() === '' ? '' : message.content;
  if (!('toolCalls' in message)) {
    const provider = hasCalls && 'provider' in message ? { provider: message.provider } : {};
    return [{ role: 'assistant', content, calls: [], ...provider }];
  }
  const calls = message.toolCalls.map((call) => ({ ...call, result: results.of(nth, call.id) }));
  if (!hasCalls) {
    return [
      { role: 'assistant', content: joined(content, ...calls.map(calledText)), calls: [] },
      { role: 'user', content: calls.map(gaveText).join('\n') },
    ];
  }
  const { by, provider } = message;
  const also = { ...(by === undefined ? {} : { by }), ...(provider === undefined ? {} : { provider }) };
  return [{ role: 'assistant', content, calls, ...also }];
}

function calledText({ name, args }: CallWithResult): string {
  return `(Called the tool ${name} with ${JSON.stringify(args)})`;
}

function gaveText({ result }: CallWithResult): string {
  return `(The tool gave: ${result})`;
}

/** Finds the result of a tool call in a transcript. */
class Results {
  readonly #messages: readonly Message[];

  constructor(messages: readonly Message[]) {
    this.#messages = messages;
  }

  of(nth: number, callId: string): string {
    for (let next = nth + 1; next < this.#messages.length; next += 1) {
      const message = this.#messages[next];
      if (message === undefined || (message.role !== 'tool' && message.role !== 'system')) break;
      if (message.role === 'tool' && message.toolCallId === callId) return filled(message.content, TOLD.noOutput);
    }
    return TOLD.noResult;
  }
}

/** Without blank texts. */
function said(content: UserContent): UserContent {
  return hasMedia(content)
    ? content.filter((part) => part.type !== 'text' || part.text.trim() !== '')
    : filled(contentText(content), TOLD.noMessage);
}

function both(before: UserContent, after: UserContent): UserContent {
  if (typeof before === 'string' && typeof after === 'string') return joined(before, after);
  return [...partsOf(before), ...partsOf(after)];
}

function partsOf(content: UserContent): readonly ContentPart[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function filled(content: string, instead: string): string {
  return content.trim() === '' ? instead : content;
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}
