/**
 * Agents: what an agent is, as data.
 *
 * A definition is loaded twice: in the workflow, which runs its tools, and in the worker, which reads its prompt and
 * schemas. None of it travels through history.
 *
 * @module
 */
import type { Duration } from '@temporalio/common';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import {
  AgentError,
  jsonProblem,
  LIMITS,
  type FieldSchemas,
  type JsonObject,
  type RunInput,
  type RunResult,
  type Message,
} from '../protocol';
import { HANDOFF_TOOL, handoffTool, type HandoffTarget } from './handoff';
import type { MemoryOptions } from './memory';
import { readModelSettings, type ModelSettings } from './model-settings';
import { checkDefinition } from './options';
import { isTool, readSchema, type Tool } from './tool';

export interface AgentOptions {
  readonly name: string;
  /** What other agents are told of it. */
  readonly description?: string;
  /**
   * Sent before the conversation with every model call.
   *
   * A function is called on the worker for each call, and its text is not stored: a changed one applies from the next
   * deployment, to current runs too. It returns a text of at most 256 KiB, synchronously. If it throws or returns
   * something else, the call is retried for `modelRetryFor`, so that a deployment can mend it, and then the run fails
   * with `INVALID_DEFINITION`.
   */
  readonly systemPrompt?: string | SystemPrompt;
  /** The model's name, as its provider knows it, or a key of `createWorker({models})`. */
  readonly llm: string;
  readonly tools?: readonly Tool[];
  /** Names of the agents it may hand off to. Default: all others. */
  readonly canHandoffTo?: readonly string[];
  /** Whether replies are streamed by the provider. Default: true. */
  readonly streaming?: boolean;
  /** Whether the model may call several tools in one reply. Default: true. */
  readonly allowParallelToolCalls?: boolean;
  /** Asked for when the last message is the user's: `required`, `none`, or a tool's name. Default: the model chooses. */
  readonly initialToolChoice?: string;
  /** How long one call of its model may take before it is made again. Default: the workflow's. */
  readonly modelTimeout?: Duration;
  /** Temperature and the like. Each overrides that of `createWorker({models})`. Default: the provider's. */
  readonly modelSettings?: ModelSettings;
}

/** What a prompt function gets. */
export interface PromptRun {
  /** What the run's store holds. */
  readonly state: JsonObject;
  /** What the run was started with as `data`. */
  readonly data: JsonObject;
}

export type SystemPrompt = (run: PromptRun) => string;

export interface Agent {
  readonly name: string;
  readonly description: string;
  readonly systemPrompt: string | SystemPrompt;
  readonly llm: string;
  /** Its tools, and the handoff tool when it may hand off. */
  readonly tools: readonly Tool[];
  readonly handoffTargets: readonly HandoffTarget[];
  readonly streaming: boolean;
  readonly allowParallelToolCalls: boolean;
  readonly initialToolChoice?: string;
  readonly modelTimeout: Duration;
  readonly modelSettings: ModelSettings;
}

export interface AgentWorkflowOptions {
  /** The workflow type. Export the workflow under this name. */
  readonly name: string;
  readonly agents: readonly AgentOptions[];
  /** Who gets the user's message first. Default: the only agent. */
  readonly rootAgent?: string;
  /** Model calls at most in one turn, when the run does not say. Default: 20. */
  readonly maxIterations?: number;
  /**
   * When the steps are used up, `force` fails the run and `generate` asks the model once more, without tools, for its
   * best answer. Default: `force`.
   */
  readonly earlyStoppingMethod?: EarlyStoppingMethod;
  /** How long a run may take, including waits for people. Default: for ever. */
  readonly timeout?: Duration;
  /** How long a failing model is retried before the run fails. Default: 1 hour. */
  readonly modelRetryFor?: Duration;
  /**
   * How long one model call may take before it is made again. A reply that has begun and is silent for 2 minutes is
   * given up earlier. Default: 30 minutes.
   */
  readonly modelTimeout?: Duration;
  /** The store's initial content. The model is told the store with every call. */
  readonly initialState?: JsonObject;
  /**
   * How the model is told the store: a text with `{state}` and `{msg}` that replaces the last user message, for the
   * call only. Default, with `initialState`: "Current state: ... Current message: ...".
   */
  readonly statePrompt?: string;
  /** How much of a long conversation the model is told. Default: all of it. */
  readonly memory?: MemoryOptions;
  /**
   * Bytes that a run carries over continue-as-new, mostly its conversation; beyond that the memory's rule cuts the
   * conversation. More than the default needs the SDK's external storage on workers and clients, because Temporal's
   * payloads end at 2 MiB. Default: 1.5 MiB.
   */
  readonly carriedBytes?: number;
  /** Asks the model for the run's outcome as data when it is done: `structuredResponse`. */
  readonly output?: FieldSchemas | StandardSchemaV1;
  /** Makes that data by your own deterministic code. Ignored when there is an `output`. */
  readonly structuredOutput?: (messages: readonly Message[]) => JsonObject | Promise<JsonObject>;
}

export type EarlyStoppingMethod = 'force' | 'generate';

export interface AgentWorkflowDefinition {
  readonly name: string;
  readonly agents: ReadonlyMap<string, Agent>;
  readonly rootAgent: string;
  readonly maxIterations: number;
  readonly earlyStoppingMethod: EarlyStoppingMethod;
  readonly timeout?: Duration;
  readonly modelRetryFor: Duration;
  readonly initialState: JsonObject;
  readonly statePrompt?: string;
  readonly memory?: MemoryOptions;
  readonly carriedBytes: number;
  readonly output?: StandardSchemaV1;
  readonly structuredOutput?: (messages: readonly Message[]) => JsonObject | Promise<JsonObject>;
}

const STATE_PROMPT = 'Current state:\n{state}\n\nCurrent message:\n{msg}\n';

/** @throws AgentError `INVALID_DEFINITION` or `INVALID_OPTION`, with what is wrong. */
export function readAgentWorkflowOptions(options: AgentWorkflowOptions): AgentWorkflowDefinition {
  checkDefinition.workflow(options);
  const { name, maxIterations = LIMITS.maxIterations, modelRetryFor = '1 hour', modelTimeout = '30 minutes' } = options;
  const { carriedBytes = LIMITS.carriedBytes } = options;
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_DEFINITION', `AgentWorkflow "${name}": ${problem}.`, { name });
  };
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) fail('its name must be one a module can export, such as refundAgent');
  if (!Number.isInteger(maxIterations) || maxIterations < 1) fail('maxIterations must be an integer of 1 or more');
  if (!Number.isInteger(carriedBytes) || carriedBytes < 1) fail('carriedBytes must be an integer of 1 or more');
  const agents = new Map<string, Agent>();
  for (const agent of options.agents) {
    if (agents.has(agent.name)) fail(`two agents are called "${agent.name}"`);
    agents.set(agent.name, readAgent({ modelTimeout, ...agent }, options.agents, fail));
  }
  const [first] = agents.keys();
  if (first === undefined) return fail('it has no agents');
  if (agents.size > 1 && options.rootAgent === undefined) fail('with more than one agent it needs a rootAgent');
  const rootAgent = options.rootAgent ?? first;
  if (!agents.has(rootAgent))
    fail(`its rootAgent "${rootAgent}" is none of its agents (${[...agents.keys()].join(', ')})`);
  const { earlyStoppingMethod = 'force', timeout, initialState, memory, output, structuredOutput } = options;
  if (memory !== undefined && !(Number.isInteger(memory.tokenLimit) && memory.tokenLimit > 0)) {
    fail('the tokenLimit of its memory must be an integer of 1 or more');
  }
  if (!['drop', 'summarize'].includes(memory?.overflow ?? 'drop'))
    fail('the overflow of its memory is drop or summarize');
  const statePrompt = options.statePrompt ?? (initialState === undefined ? undefined : STATE_PROMPT);
  if (statePrompt !== undefined && !(statePrompt.includes('{state}') && statePrompt.includes('{msg}'))) {
    fail('its statePrompt must hold {state} and {msg}');
  }
  const problem = jsonProblem(initialState ?? {});
  if (problem !== undefined) fail(`its initialState is not JSON: ${problem}`);
  return {
    name,
    agents,
    rootAgent,
    maxIterations,
    earlyStoppingMethod,
    modelRetryFor,
    carriedBytes,
    initialState: initialState ?? {},
    ...(timeout === undefined ? {} : { timeout }),
    ...(statePrompt === undefined ? {} : { statePrompt }),
    ...(memory === undefined ? {} : { memory }),
    ...(output === undefined ? {} : { output: readSchema(output, `AgentWorkflow "${name}": its output`) }),
    ...(structuredOutput === undefined ? {} : { structuredOutput }),
  };
}

function readAgent(
  agent: AgentOptions & Pick<Agent, 'modelTimeout'>,
  all: readonly AgentOptions[],
  fail: (problem: string) => never,
): Agent {
  const { name, description = '', systemPrompt = '', llm, tools = [], canHandoffTo, initialToolChoice } = agent;
  const { modelSettings = {} } = agent;
  if (typeof llm !== 'string' || llm === '') fail(`agent "${name}" needs an llm, such as "gpt-4o-mini"`);
  checkTools(tools, fail);
  const unknown = canHandoffTo?.find((target) => !all.some((other) => other.name === target));
  if (unknown !== undefined) fail(`agent "${name}" can hand over to "${unknown}", which is none of its agents`);
  const handoffTargets = all
    .filter((other) => other.name !== name && (canHandoffTo?.includes(other.name) ?? true))
    .map((other) => ({ name: other.name, description: other.description ?? '' }));
  return {
    name,
    description,
    systemPrompt,
    llm,
    tools: handoffTargets.length === 0 ? tools : [...tools, handoffTool(handoffTargets)],
    handoffTargets,
    streaming: agent.streaming ?? true,
    allowParallelToolCalls: agent.allowParallelToolCalls ?? true,
    ...(initialToolChoice === undefined ? {} : { initialToolChoice }),
    modelTimeout: agent.modelTimeout,
    modelSettings: readModelSettings(`modelSettings of agent "${name}"`, modelSettings),
  };
}

function checkTools(tools: readonly unknown[], fail: (problem: string) => never): void {
  const names = new Set<string>();
  for (const tool of tools) {
    if (typeof tool === 'function') {
      fail(
        `"${tool.name || 'a function'}" is a bare function, and a model cannot be told its arguments: ` +
          'wrap it with defineTool({name, description, parameters, execute}), or declare it with activityTool',
      );
    }
    if (!isTool(tool)) return fail(`${String(tool)} is no tool: make one with defineTool or activityTool`);
    if (tool.name === HANDOFF_TOOL) fail(`"${HANDOFF_TOOL}" is the name of the handoff tool: give yours another`);
    if (names.has(tool.name)) fail(`two tools are called "${tool.name}"`);
    names.add(tool.name);
  }
}

/** A Temporal workflow function with its definition attached. */
export interface AgentWorkflow {
  (input: RunInput | string): Promise<RunResult>;
  readonly definition: AgentWorkflowDefinition;
}

/** Works across realms. */
export function isAgentWorkflow(value: unknown): value is AgentWorkflow {
  return typeof value === 'function' && 'definition' in value;
}
