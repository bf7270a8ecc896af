/**
 * Sight: an event of ours under the names a scenario's rules know it by.
 *
 * @module
 */
import { AnswerRefused, type AnyEvent } from 'countersign';
import type { Sight } from './human';
import { typeName } from './event-types';
import { publicEvent } from './public-event';
import type { Fields } from './scenario';

/** Nothing runs, and the run is parked. */
export const IDLE: Sight = { types: ['WorkflowIdleEvent'], fields: {} };

export function sightOf(event: AnyEvent): Sight {
  const fields = event as AnyEvent & Fields;
  if (!AnswerRefused.is(event))
    return { types: event.type.split('/'), fields: { ...originalNames(fields), ...fields, ...publicEvent(event) } };
  const received = readReceived(event.received);
  const { type = 'HumanResponseEvent', ...answer } = received;
  return {
    types: [event.type, 'UnhandledEvent'],
    fields: { ...answer, ...fields, event_type: typeName(type as string) },
  };
}

/** `toolName` as `tool_name`: the original's fields are in snake case. */
function originalNames(fields: Fields): Fields {
  const named = Object.entries(fields).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return { ...Object.fromEntries(named), current_agent_name: fields['agent'] };
}

/** A refusal shows at most 1 KB of what came. */
function readReceived(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}
