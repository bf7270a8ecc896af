/**
 * Scenario: one conformance file, as data.
 *
 * Read strictly where a misreading would be silent (an operation nobody knows), leniently where it cannot matter:
 * fields about how the original was watched are dropped. An absent option may be missing or `null`.
 *
 * @module
 */
import * as v from 'valibot';

export type Json = string | number | boolean | null | readonly Json[] | Fields;
export interface Fields {
  readonly [name: string]: Json | undefined;
}

const json = v.custom<Json>((value) => value !== undefined);
const fields = v.custom<Fields>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

/** A list, a single item in its place, or nothing. */
function list<S extends v.GenericSchema>(item: S) {
  return v.nullish(
    v.union([
      v.array(item),
      v.pipe(
        item,
        v.transform((one) => [one]),
      ),
    ]),
    [],
  );
}

const event = v.object({ type: v.string(), data: v.nullish(fields, {}) });

const operation = v.variant('op', [
  v.object({ op: v.literal('effect'), name: v.string() }),
  v.object({ op: v.literal('emit'), event }),
  v.object({
    op: v.literal('wait'),
    event_type: v.nullish(v.string(), 'HumanResponseEvent'),
    requirements: v.nullish(fields),
    waiter_event: v.nullish(event),
    waiter_id: v.nullish(v.string()),
    /** Seconds. */
    timeout: v.nullish(v.number()),
    as: v.nullish(v.string()),
  }),
  v.object({ op: v.literal('if_yes'), as: v.string(), yes: v.optional(json), no: v.optional(json) }),
  v.object({ op: v.literal('return'), value: v.optional(json) }),
  v.object({ op: v.literal('sleep'), ms: v.number() }),
  v.object({ op: v.literal('raise'), message: v.nullish(v.string(), '') }),
  v.object({ op: v.literal('state_set'), key: v.string(), value: json }),
]);

/** Name of a parameter or field -> JSON type. */
const jsonTypes = v.nullish(v.record(v.string(), v.string()), {});

const tool = v.object({
  description: v.nullish(v.string(), ''),
  params: jsonTypes,
  return_direct: v.nullish(v.boolean(), false),
  body: v.nullish(v.array(operation), []),
});

const eventType = v.object({ base: v.nullish(v.string(), 'Event'), fields: jsonTypes });

const agent = v.object({
  name: v.nullish(v.string(), 'Agent'),
  description: v.nullish(v.string()),
  system_prompt: v.nullish(v.string()),
  tools: list(v.string()),
  can_handoff_to: v.nullish(v.array(v.string())),
  streaming: v.nullish(v.boolean()),
});

const earlyStopping = v.nullish(v.picklist(['force', 'generate']));

const workflow = v.object({
  agents: v.array(agent),
  root_agent: v.nullish(v.string()),
  initial_state: v.nullish(fields),
  state_prompt: v.nullish(v.string()),
  early_stopping_method: earlyStopping,
  /** Seconds. */
  timeout: v.nullish(v.number()),
  output_cls: v.nullish(v.object({ fields: jsonTypes })),
  structured_output_fn: v.nullish(fields),
});

const modelReply = v.object({
  content: v.nullish(v.string()),
  tool_calls: list(
    v.object({
      id: v.nullish(v.string()),
      name: v.string(),
      arguments: v.nullish(v.union([v.string(), v.custom<object>((value) => typeof value === 'object')]), {}),
    }),
  ),
  delay_ms: v.nullish(v.number(), 0),
  status: v.nullish(v.number()),
  error: v.nullish(
    v.object({ message: v.optional(v.string()), type: v.optional(v.string()), code: v.optional(v.string()) }),
  ),
});

const action = {
  delay_ms: v.nullish(v.number(), 0),
  send: list(event),
  stop_process: v.nullish(v.boolean(), false),
  cancel: v.nullish(v.boolean(), false),
};

const rule = v.object({ ...action, on: v.string(), nth: v.nullish(v.number()), match: v.nullish(fields, {}) });

const run = v.object({
  user_msg: v.nullish(v.string()),
  chat_history: v.nullish(v.array(v.object({ role: v.string(), content: v.nullish(v.string(), '') }))),
  max_iterations: v.nullish(v.number()),
  early_stopping_method: earlyStopping,
  at_start: list(v.object(action)),
  human: list(rule),
  after: list(v.object(action)),
  stall_s: v.nullish(v.number()),
});

const phase = v.object({ resume: v.nullish(v.boolean(), false), runs: v.array(run) });

const expectation = v.object({
  stream: v.nullish(v.array(fields)),
  effects: v.nullish(v.record(v.string(), v.number())),
  results: v.nullish(v.array(fields)),
  refusals: v.nullish(v.array(v.string())),
  parked: v.nullish(v.boolean()),
  modelCalls: v.nullish(
    v.array(
      v.object({
        roles: v.nullish(v.array(v.string())),
        tools: v.nullish(v.array(v.string())),
        toolResults: v.nullish(v.array(v.string())),
      }),
    ),
  ),
  sendError: v.nullish(v.boolean()),
});

const scenario = v.object({
  id: v.string(),
  title: v.nullish(v.string(), ''),
  tools: v.nullish(v.record(v.string(), tool), {}),
  event_types: v.nullish(v.record(v.string(), eventType), {}),
  workflow,
  llm_script: v.array(modelReply),
  phases: v.array(phase),
  expect: expectation,
});

export type Scenario = v.InferOutput<typeof scenario>;
/** What the workflow is built from. */
export type Cast = Pick<Scenario, 'tools' | 'event_types' | 'workflow'>;
export type Operation = v.InferOutput<typeof operation>;
export type EventTypes = Scenario['event_types'];
export type ScenarioEvent = v.InferOutput<typeof event>;
export type ModelReply = v.InferOutput<typeof modelReply>;
export type Phase = v.InferOutput<typeof phase>;
export type Run = v.InferOutput<typeof run>;
export type Action = Omit<v.InferOutput<typeof rule>, 'on' | 'nth' | 'match'>;
export type Rule = v.InferOutput<typeof rule>;

/** @throws Error that says what about it cannot be read. */
export function readScenario(text: string): Scenario {
  const result = v.safeParse(scenario, JSON.parse(text));
  if (result.success) return result.output;
  const issues = result.issues.slice(0, 3).map((issue) => `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
  throw new Error(`it is no scenario of this format. ${issues.join('; ')}`);
}
