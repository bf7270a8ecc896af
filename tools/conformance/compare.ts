/**
 * Compare: what a scenario came to against what it was to come to.
 *
 * What an expectation does not mention is not compared; what it does mention must be there exactly.
 *
 * @module
 */
import { diff } from './diff';
import { typeName } from './event-types';
import type { ModelCall, Outcome } from './outcome';
import type { Fields, Json, Scenario } from './scenario';
import { inOrderOfCalls } from './turns';

/** Where they differ, as lines to read: `- ` expected and not there, `+ ` there and not expected. */
export interface Difference {
  readonly part: string;
  readonly lines: readonly string[];
}

export function differences({ expect, tools }: Scenario, outcome: Outcome): readonly Difference[] {
  const found: Difference[] = [];
  const look = (part: string, wanted: readonly Fields[], actual: readonly Fields[]): void => {
    const lines = diff(wanted, actual, fits);
    if (lines !== undefined) found.push({ part, lines });
  };
  const single = (name: string, wanted: Json | null | undefined, actual: Json): void => {
    if (wanted != null) look(name, [{ [name]: wanted }], [{ [name]: actual }]);
  };
  if (expect.stream != null) {
    const wanted = expect.stream.map((event) => ({ ...event, type: typeName(event['type'] as string) }));
    look('stream', inOrderOfCalls(wanted.map(withoutOutcome), tools), inOrderOfCalls(outcome.stream, tools));
  }
  if (expect.effects != null) look('effects', counted(expect.effects), counted(outcome.effects));
  if (expect.results != null) look('results', expect.results.map(withoutError), outcome.results);
  if (expect.refusals != null) look('refusals', named(expect.refusals), named(outcome.refusals));
  single('parked', expect.parked, outcome.parked);
  if (expect.modelCalls != null) {
    const wanted = expect.modelCalls.map((call, nth) => comparable(call, outcome.modelCalls[nth]));
    const actual = outcome.modelCalls.map((call) => comparable(call, call));
    look('modelCalls', wanted, actual);
  }
  single('sendError', expect.sendError, outcome.sendError);
  if (outcome.problems.length > 0) found.push({ part: 'problems', lines: outcome.problems.map((one) => `+ ${one}`) });
  return found;
}

/** A StopEvent that is not said to have a structured outcome must have none. */
function withoutOutcome(event: Fields): Fields {
  return event['type'] === 'StopEvent' ? { structured: null, ...event } : event;
}

/** Which error it was in the original says nothing of ours. */
function withoutError(result: Fields): Fields {
  return result['error'] == null || result['error'] === false ? result : { error: true };
}

function counted(effects: Readonly<Record<string, number>>): readonly Fields[] {
  return Object.entries(effects)
    .filter(([, count]) => count > 0)
    .map(([effect, count]) => ({ effect, count }))
    .toSorted((one, other) => (one.effect < other.effect ? -1 : 1));
}

function named(reasons: readonly string[]): readonly Fields[] {
  return reasons.map((reason) => ({ reason }));
}

type AnyCall = { readonly [Name in keyof ModelCall]?: ModelCall[Name] | null | undefined };

/** Tools in the order of their names; the results of each reply's calls, which may come in any order, likewise. */
function comparable({ roles, tools, toolResults }: AnyCall, actual: ModelCall | undefined): Fields {
  return {
    ...(roles == null ? {} : { roles }),
    ...(tools == null ? {} : { tools: tools.toSorted() }),
    ...(toolResults == null ? {} : { toolResults: byReply(toolResults, roles ?? actual?.roles ?? []) }),
  };
}

function byReply(results: readonly string[], roles: readonly string[]): readonly string[] {
  const sorted: string[] = [];
  let reply: string[] = [];
  const isTool = [...roles.map((role) => role === 'tool'), false];
  for (const is of isTool) {
    if (is) reply.push(...results.slice(sorted.length + reply.length, sorted.length + reply.length + 1));
    else {
      sorted.push(...reply.toSorted());
      reply = [];
    }
  }
  return [...sorted, ...results.slice(sorted.length)];
}

/** Whether all that is wanted of one item is there. */
function fits(wanted: Fields, actual: Fields): boolean {
  return Object.entries(wanted).every(([name, value]) => sameJson(value ?? null, actual[name] ?? null));
}

/** The order of fields means nothing. */
function sameJson(one: Json, other: Json): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_name, inner: Json) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
