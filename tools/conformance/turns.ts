/**
 * Turns: a stream with what may interleave put in one order.
 *
 * The calls of one reply run side by side, so their events may come in any order; each call's own come in theirs. What
 * a tool has written says not which call it came from: that is found by what the tools' bodies could have written.
 *
 * @module
 */
import { typeName } from './event-types';
import type { Cast, Fields, Json, ScenarioEvent } from './scenario';
import { couldBe, fillFields } from './template';

const OF_CALLS = ['ToolCall', 'ToolCallResult'];
const OF_RUNS = ['AgentInput', 'AgentOutput', 'AgentStreamStructuredOutput', 'StopEvent'];

export function inOrderOfCalls(stream: readonly Fields[], tools: Cast['tools']): readonly Fields[] {
  const ordered: Fields[] = [];
  let turn: Turn | undefined;
  for (const event of stream) {
    if (turn !== undefined && OF_RUNS.includes(event['type'] as string)) {
      ordered.push(...turn.ordered());
      turn = undefined;
    }
    if (turn === undefined) ordered.push(event);
    else turn.add(event);
    const calls = (event['calls'] ?? []) as readonly string[];
    if (event['type'] === 'AgentOutput' && calls.length > 0) turn = new Turn(calls, tools);
  }
  return [...ordered, ...(turn?.ordered() ?? [])];
}

/** The calls of one reply. */
class Turn {
  readonly #tools: Cast['tools'];
  readonly #lanes: ReadonlyMap<string, Fields[]>;
  /** Calls with one id between them cannot be told apart; nor can the writers of some events. */
  readonly #shared: Fields[] = [];

  constructor(calls: readonly string[], tools: Cast['tools']) {
    this.#tools = tools;
    const single = calls.filter((id) => calls.indexOf(id) === calls.lastIndexOf(id));
    this.#lanes = new Map(single.map((id) => [id, []]));
  }

  add(event: Fields): void {
    const isOfCall = OF_CALLS.includes(event['type'] as string);
    const lanes = isOfCall ? [this.#lanes.get(event['id'] as string)] : this.#writersOf(event);
    const [only = this.#shared, another] = lanes;
    (another === undefined ? only : this.#shared).push(event);
  }

  ordered(): readonly Fields[] {
    const text = (event: Fields): string => JSON.stringify([event['type'], event['id'], event['data']]);
    const shared = this.#shared.toSorted((one, other) => (text(one) < text(other) ? -1 : 1));
    return [...[...this.#lanes.values()].flat(), ...shared];
  }

  /** The lanes of calls, begun by now, that could have written it. Of a single call, its own. */
  #writersOf(event: Fields): readonly (Fields[] | undefined)[] {
    const lanes = [...this.#lanes.values()];
    if (lanes.length === 1) return lanes;
    return lanes.filter(([call]) => {
      const body = this.#tools[call?.['tool'] as string]?.body ?? [];
      const written = body.flatMap((operation): readonly (ScenarioEvent | null | undefined)[] =>
        operation.op === 'emit' ? [operation.event] : operation.op === 'wait' ? [operation.waiter_event] : [],
      );
      return written.some((template) => {
        if (template == null || template.type !== typeName(event['type'] as string)) return false;
        const data: Json = fillFields(template.data, { args: (call?.['args'] ?? {}) as Fields });
        return couldBe(data, event['data']);
      });
    });
  }
}
