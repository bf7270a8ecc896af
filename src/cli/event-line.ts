/**
 * Event line: a stream event as one readable line.
 *
 * Never longer than a line, and a terminal obeys nothing in it.
 *
 * @module
 */
import {
  AgentInput,
  AgentOutput,
  AnswerRefused,
  AnswerUnnamed,
  type AnyEvent,
  InputRequiredEvent,
  RESERVED_FIELDS,
  StopEvent,
  ToolCall,
  ToolCallResult,
} from '../protocol';
import type { Paint } from './paint';
import { fitted, oneLine } from './text';

/** As wide as the widest of our types. */
const TYPE_COLUMNS = InputRequiredEvent.type.length;

/** @param columns The length of the line. */
export function eventLine(event: AnyEvent, columns: number, paint: Paint): string {
  const seq = String(event.seq ?? '').padStart(4);
  const type = oneLine(event.type.split('/').at(-1) ?? '').padEnd(TYPE_COLUMNS);
  const room = Math.max(20, columns - seq.length - type.length - 4);
  return `${paint('dim', seq)}  ${paint(colourOf(event), type)}  ${fitted(oneLine(summary(event)), room)}`;
}

function colourOf(event: AnyEvent): Parameters<Paint>[0] {
  if ([InputRequiredEvent, AnswerRefused, AnswerUnnamed].some((definition) => definition.is(event))) return 'yellow';
  if (ToolCallResult.is(event)) return event.isError ? 'red' : 'cyan';
  if (StopEvent.is(event)) return event.type === StopEvent.type ? 'green' : 'red';
  return 'cyan';
}

function summary(event: AnyEvent): string {
  if (AgentInput.is(event)) {
    const who = (event.agents ?? [event.agent]).join(' › ');
    return `${who} asks the model (${counted(event.upTo, 'message')})`;
  }
  if (AgentOutput.is(event)) {
    const calls = event.toolCalls.map(({ toolName }) => toolName).join(', ');
    return [event.response, calls && `calls ${calls}`].filter(Boolean).join('; ') || 'nothing';
  }
  if (ToolCall.is(event)) return `${event.toolName}(${named(event.toolKwargs)})`;
  if (ToolCallResult.is(event)) return `${event.toolName}: ${event.isError ? 'failed, ' : ''}${event.toolOutput}`;
  if (AnswerUnnamed.is(event)) return `without an inputId: ${event.received}`;
  if (AnswerRefused.is(event)) return `${event.reason}: ${event.received}`;
  if (StopEvent.is(event)) return endText(event['code'] ?? event['message']);
  const { prefix, ...rest } = withoutStamps(event);
  const fields = named(rest);
  if (!InputRequiredEvent.is(event)) return named({ ...(prefix === undefined ? {} : { prefix }), ...rest });
  return fields === '' ? event.prefix : `${event.prefix.trim()} (${fields})`;
}

function endText(why: unknown): string {
  return typeof why === 'string' ? why : 'the run has ended';
}

function withoutStamps(event: AnyEvent): Record<string, unknown> {
  const reserved: readonly string[] = RESERVED_FIELDS;
  return Object.fromEntries(Object.entries(event).filter(([name]) => !reserved.includes(name)));
}

function named(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
