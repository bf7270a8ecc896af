/**
 * Tools: the two kinds.
 *
 * `defineTool` runs in the workflow: deterministic, may wait for people for weeks, acts only through its context.
 * `activityTool` is declared here and implemented on the worker, where it may do anything. A definition holds no code
 * of the other realm.
 *
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Duration, RetryPolicy } from '@temporalio/common';
import * as v from 'valibot';
import { AgentError, type FieldSchemas, type JsonObject, withoutUndefined } from '../protocol';
import type { AgentWorkflow } from './agent';
import type { Context } from './context';
import { declare } from './declared';
import { checkDefinition } from './options';

/** A valibot schema for each argument (others are refused), or any Standard Schema of an object. */
export type ToolParameters = FieldSchemas | StandardSchemaV1;

/** What a tool gets: its schema's output. */
export type ArgsOf<P> = StandardSchemaV1.InferOutput<SchemaOf<P>>;
/** What is sent to it: a field with a default may be omitted. */
export type SentArgsOf<P> = StandardSchemaV1.InferInput<SchemaOf<P>>;
/** The schema that parameters stand for. */
export type SchemaOf<P> = P extends StandardSchemaV1
  ? P
  : P extends FieldSchemas
    ? v.StrictObjectSchema<P, undefined>
    : never;

interface ToolCommon {
  readonly name: string;
  readonly description: string;
  /** Validates the arguments before the tool runs, and makes what it gets: defaults, transforms. */
  readonly parameters: StandardSchemaV1;
  /** The tool's output is the run's response; the model is not called again. */
  readonly returnDirect: boolean;
}

/** A tool that runs in the workflow. */
export interface ContextTool<Args = unknown, State extends object = JsonObject, Data extends object = JsonObject>
  extends ToolCommon {
  readonly kind: 'context';
  execute(args: Args, ctx: Context<State, Data>): Promise<unknown> | unknown;
  /** The agent workflow that an `agentTool` runs: the worker must know it. */
  readonly agent?: AgentWorkflow;
}

/** A tool that runs as a Temporal activity, of type `tool:NAME`. */
export interface ActivityTool<Args = unknown, Result = unknown, Sent = Args> extends ToolCommon {
  readonly kind: 'activity';
  readonly options: ActivityToolOptions;
  /** Validates the output on the worker. Default: any JSON. */
  readonly result?: StandardSchemaV1<unknown, Result>;
  /** Types only: the arguments of `implement`'s function, and those of `ctx.callTool`. */
  readonly args?: Args;
  readonly sent?: Sent;
}

export interface ActivityToolOptions {
  /** How long one attempt may take. Default: 10 minutes. */
  readonly startToCloseTimeout?: Duration;
  /** How long it may take with all retries. Default: no limit beyond the attempts. */
  readonly scheduleToCloseTimeout?: Duration;
  /** A heartbeating attempt is given up after this silence. Default: none. */
  readonly heartbeatTimeout?: Duration;
  /**
   * Default: one attempt, because an effect without an idempotency key must not happen twice. A tool that honours
   * `call.idempotencyKey` can have more.
   */
  readonly retry?: RetryPolicy;
  /**
   * The task queue of the workers that serve it, in any language: they register the activity `tool:NAME`, which takes
   * `{args, idempotencyKey, data?}`. `createWorker` then wants no implementation, and the run checks outputs against a
   * `result` that changes nothing. Default: the run's own task queue.
   */
  readonly taskQueue?: string;
}

// oxlint-disable-next-line typescript/no-explicit-any -- a list of tools holds tools of all argument types
export type Tool = ContextTool<any, any, any> | ActivityTool<any, any, any>;

export interface ToolOptions<P extends ToolParameters> {
  /** Letters, digits, `_` and `-`, at most 64: what models accept. */
  readonly name: string;
  /** What the model is told of it. */
  readonly description: string;
  /** Default: no arguments. */
  readonly parameters?: P;
  readonly returnDirect?: boolean;
}

/**
 * Define a tool that runs in the workflow.
 *
 * Its `execute` runs once per tool call, whatever restarts. Its return value goes to the model: a string as it is,
 * other JSON as text. What it throws becomes a tool error for the model.
 *
 * @throws AgentError `INVALID_DEFINITION` for a name that models do not accept, `INVALID_OPTION` for unknown options.
 */
export function defineTool<
  P extends ToolParameters = Record<never, never>,
  State extends object = JsonObject,
  Data extends object = JsonObject,
>(
  options: ToolOptions<P> & {
    execute(args: ArgsOf<P>, ctx: Context<State, Data>): Promise<unknown> | unknown;
  },
): ContextTool<ArgsOf<P>, State, Data> {
  checkDefinition.contextTool(options);
  return declare({ kind: 'context', ...common(options), execute: options.execute }, defineTool);
}

/**
 * Declare a tool that is implemented on the worker, with `implement(tool, fn)`.
 *
 * @throws AgentError `INVALID_DEFINITION` for a name that models do not accept, `INVALID_OPTION` for unknown options.
 */
export function activityTool<
  P extends ToolParameters = Record<never, never>,
  R extends StandardSchemaV1 = StandardSchemaV1<unknown, unknown>,
>(
  options: ToolOptions<P> &
    ActivityToolOptions & {
      /** A schema of its output, which types `ctx.callTool` and is checked on the worker. Default: any JSON. */
      readonly result?: R;
    },
): ActivityTool<ArgsOf<P>, StandardSchemaV1.InferOutput<R>, SentArgsOf<P>> {
  checkDefinition.activityTool(options);
  const { startToCloseTimeout, scheduleToCloseTimeout, heartbeatTimeout, retry, taskQueue, result } = options;
  const tool: ActivityTool<ArgsOf<P>, StandardSchemaV1.InferOutput<R>, SentArgsOf<P>> = {
    kind: 'activity',
    ...common(options),
    ...(result === undefined ? {} : { result }),
    options: {
      ...(startToCloseTimeout === undefined ? {} : { startToCloseTimeout }),
      ...(scheduleToCloseTimeout === undefined ? {} : { scheduleToCloseTimeout }),
      ...(heartbeatTimeout === undefined ? {} : { heartbeatTimeout }),
      ...(retry === undefined ? {} : { retry: withoutUndefined(retry) }),
      ...(taskQueue === undefined ? {} : { taskQueue }),
    },
  };
  return declare(tool, activityTool);
}

function common(options: ToolOptions<ToolParameters>): ToolCommon {
  const { name, description, parameters = {}, returnDirect = false } = options;
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
    throw new AgentError(
      'INVALID_DEFINITION',
      `"${name}" cannot name a tool: models accept letters, digits, "_" and "-", at most 64 of them.`,
      { name },
    );
  }
  return { name, description, parameters: readSchema(parameters, `The parameters of tool "${name}"`), returnDirect };
}

/**
 * A schema as it is, or a strict one of the given fields.
 *
 * @param what What it describes, for a person.
 * @throws AgentError `INVALID_DEFINITION` for what is neither.
 */
export function readSchema(parameters: ToolParameters, what: string): StandardSchemaV1 {
  if (isStandardSchema(parameters)) return parameters;
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_DEFINITION', `${what} ${problem}.`, { name: what });
  };
  const fields = Object.entries(parameters as Record<string, unknown>);
  const [name, field] = fields.find(([, one]) => !isStandardSchema(one) || one['~standard'].vendor !== 'valibot') ?? [];
  if (name === undefined) return v.strictObject(parameters);
  if (isStandardSchema(field)) {
    return fail(`have a field "${name}" of ${field['~standard'].vendor}: make the whole object with that library`);
  }
  return 'type' in parameters || '$schema' in parameters || 'properties' in parameters
    ? fail(
        "are a JSON Schema, which says nothing of how to check it: give a valibot schema for each field, or wrap yours as a Standard Schema, {'~standard': {version: 1, vendor: 'mine', validate, jsonSchema: {input: () => yours, output: () => yours}}}",
      )
    : fail(`have a field "${name}" that is no schema: give a valibot schema for each field`);
}

function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}

export function isTool(value: unknown): value is Tool {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'context' || value.kind === 'activity') &&
    'parameters' in value
  );
}

/** The Temporal activity type of an activity tool. */
export function activityTypeOf(toolName: string): string {
  return `tool:${toolName}`;
}

/** The input of an activity tool's activity. */
export interface ToolCallInput {
  readonly args: unknown;
  /** The tool's schema has made them, so they are not checked again. */
  readonly isMade?: true;
  /** The run's `data`. Absent: none. */
  readonly data?: JsonObject;
  /** Stable over retries, restarts and resets; unique to this call with these arguments. */
  readonly idempotencyKey: string;
}
