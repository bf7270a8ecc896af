/**
 * Carried JSON: what one link of a run's continue-as-new chain hands to the next.
 *
 * The run's context, and the state of its stream, steps, time and conversation. Written by the run itself, and read as
 * strictly as any input.
 *
 * @module
 */
import * as v from 'valibot';
import { type UserContent, userContent } from '../content';
import { AgentError } from '../errors';
import { schemaProblem } from '../event';
import type { RunResult } from '../messages';
import { count, timestamp } from './read-journal';
import { readContext } from './read-context';
import type { ContextJson } from './context-json';

export interface CarriedJson {
  readonly context: ContextJson;
  /** The run id of the link that hands it on. */
  readonly link?: string;
  /** The run id of the first link: Temporal tells each link, and nobody who starts a run can know it. */
  readonly chain?: string;
  /** The `seq` of the next event. */
  readonly events: number;
  /** Model calls so far. */
  readonly step: number;
  /** When the run's time is over. ISO 8601, UTC. */
  readonly deadline?: string;
  readonly conversation?: ConversationJson;
  /** The previous link moved to be served by a newer worker. */
  readonly isUpgrade?: true;
}

export interface ConversationJson {
  /** The turn that is open or comes next. */
  readonly turn: number;
  /** The outcome of the previous turn. */
  readonly last: TurnOutcome;
  /** Messages whose turns have not begun. */
  readonly queued: readonly UserContent[];
  /** The number of messages whose turns have. */
  readonly taken: number;
  readonly isClosed: boolean;
}

export type TurnOutcome =
  | { readonly result: RunResult }
  | { readonly error: { readonly code: string; readonly message: string; readonly details?: unknown } };

const carriedJson = v.strictObject({
  context: v.unknown(),
  link: v.optional(v.string()),
  chain: v.optional(v.string()),
  events: count,
  step: count,
  deadline: v.optional(timestamp),
  isUpgrade: v.optional(v.literal(true)),
  conversation: v.optional(
    v.strictObject({
      turn: count,
      last: v.union([
        v.strictObject({
          result: v.looseObject({ response: v.string(), agent: v.string(), toolCalls: v.array(v.unknown()) }),
        }),
        v.strictObject({
          error: v.strictObject({ code: v.string(), message: v.string(), details: v.optional(v.unknown()) }),
        }),
      ]),
      queued: v.array(userContent),
      taken: count,
      isClosed: v.boolean(),
    }),
  ),
});

/** @throws AgentError `INVALID_CONTEXT`, with the reason. */
export function readCarried(value: unknown): CarriedJson {
  const problem = schemaProblem(carriedJson, value);
  if (problem !== undefined) {
    throw new AgentError('INVALID_CONTEXT', `"carried" is what a run hands to itself: leave it out (${problem}).`, {});
  }
  const carried = value as CarriedJson;
  return { ...carried, context: readContext(carried.context) };
}
