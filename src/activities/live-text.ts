/**
 * Live text: reports by heartbeat what the model has said so far.
 *
 * Only for a step's own call: a summary, a structured outcome and a last word have no AgentInput.
 *
 * @module
 */
import { Context } from '@temporalio/activity';
import { LIMITS, type LiveText, type ModelCall } from '../protocol';
import type { Report } from './heartbeat';

/** @returns Takes the whole text each time it has grown. */
export function liveText(
  { agent, thread, upTo, purpose, liveTokens }: ModelCall,
  report: Report,
): (text: string) => void {
  if (purpose !== undefined || liveTokens === false) return () => undefined;
  const { attempt } = Context.current().info;
  return (text) =>
    report((): LiveText => {
      const offset = cutAt(text, Math.max(0, text.length - LIMITS.liveTextChars));
      const of = { agent, ...(thread === undefined ? {} : { thread }), upTo };
      return { ...of, attempt, offset, text: text.slice(offset) };
    });
}

/** Never splits a surrogate pair. */
function cutAt(text: string, index: number): number {
  return index > 0 && /[\uDC00-\uDFFF]/.test(text[index] ?? '') ? index + 1 : index;
}
