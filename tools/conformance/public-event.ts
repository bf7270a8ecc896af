/**
 * Public event: an event of ours as scenarios write it down.
 *
 * @module
 */
import {
  AgentInput,
  AgentOutput,
  AgentStreamStructuredOutput,
  AnswerRefused,
  AnswerUnnamed,
  type AnyEvent,
  StopEvent,
  ToolCall,
  ToolCallResult,
} from 'countersign';
import { typeName } from './event-types';
import type { Fields, Json } from './scenario';

/** What the original has not: what became of an answer. */
export function isOfAnswers(event: AnyEvent): boolean {
  return AnswerRefused.is(event) || AnswerUnnamed.is(event);
}

/** Undefined for what scenarios leave out: what became of answers, and ends without a result. */
export function publicEvent(event: AnyEvent): Fields | undefined {
  const type = typeName(event.type);
  if (isOfAnswers(event)) return undefined;
  if (AgentInput.is(event)) return { type, agent: event.agent };
  if (AgentOutput.is(event)) {
    return { type, agent: event.agent, text: event.response, calls: event.toolCalls.map(({ toolId }) => toolId) };
  }
  if (ToolCall.is(event)) return { type, id: event.toolId, tool: event.toolName, args: event.toolKwargs as Fields };
  if (ToolCallResult.is(event)) {
    const { toolId: id, toolName: tool, isError, toolOutput: output } = event;
    return { type, id, tool, isError, output };
  }
  if (AgentStreamStructuredOutput.is(event)) return { type, data: { output: event.output as Fields } };
  if (!StopEvent.is(event)) return { type, data: dataOf(event) };
  if (event.type !== StopEvent.type) return undefined;
  const structured = event.result?.['structuredResponse'] as Json | undefined;
  return { type, text: event.result?.response ?? '', ...(structured === undefined ? {} : { structured }) };
}

/** What its writer gave it: without what the run stamps on an event. */
function dataOf(event: AnyEvent): Fields {
  const { type: _type, seq: _seq, id: _id, time: _time, inputId: _inputId, answerId: _answerId, ...data } = event;
  return data as Fields;
}
