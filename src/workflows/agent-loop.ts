/**
 * Agent loop: a turn, from the user's message to the agent's final response.
 *
 * model call -> its tool calls side by side -> their results to the model -> ... -> final response.
 * An answer within the iteration limit is an answer; the tools of the last allowed reply are not run.
 * Every tool call is followed by exactly one tool message, whatever ends the turn.
 *
 * @module
 */
import { CancelledFailure, log } from '@temporalio/workflow';
import type { Agent, AgentWorkflowDefinition, ModelReply, ModelToolCall } from '../agent';
import {
  AgentError,
  AgentInput,
  AgentOutput,
  AgentStreamStructuredOutput,
  copyJson,
  errorText,
  isAgentError,
  isPlainObject,
  jsonBytes,
  jsonProblem,
  LIMITS,
  type JsonObject,
  type RunInput,
  type RunResult,
  type ToolCallSummary,
} from '../protocol';
import { endsRun, isRunCancelled } from './failure';
import { askModel } from './model-call';
import type { Run } from './run';
import { runStep } from './step';

export async function runTurn(run: Run, definition: AgentWorkflowDefinition, input: RunInput): Promise<RunResult> {
  for (const message of input.chatHistory ?? []) run.transcript.append(message);
  if (input.userMsg !== undefined) run.transcript.append({ role: 'user', content: input.userMsg });

  const { response, agent, toolCalls } = await runSteps(run, definition, input);
  const structuredResponse = await structuredOutcome(run, definition, agent);
  return {
    response,
    agent: agent.name,
    toolCalls: toolCalls.slice(-LIMITS.resultToolCalls),
    ...(structuredResponse === undefined ? {} : { structuredResponse }),
  };
}

interface TurnOutcome {
  readonly response: string;
  readonly agent: Agent;
  readonly toolCalls: readonly ToolCallSummary[];
}

async function runSteps(run: Run, definition: AgentWorkflowDefinition, input: RunInput): Promise<TurnOutcome> {
  const maxIterations = input.maxIterations ?? definition.maxIterations;
  const toolCalls: ToolCallSummary[] = [];
  for (let step = 1; ; step += 1) {
    const agent = definition.agents.get(run.agent ?? definition.rootAgent) as Agent;
    const stepId = String(run.begin(agent.name));
    run.log.append(AgentInput({ agent: agent.name, upTo: run.transcript.length }));
    const { content, toolCalls: calls = [] } = record(run, agent, await askModel(run, definition, agent));
    if (calls.length === 0) return { response: content, agent, toolCalls };
    if (step >= maxIterations) {
      leaveUndone(run, calls, maxIterations);
      const method = input.earlyStoppingMethod ?? definition.earlyStoppingMethod;
      const response = await lastWord(run, definition, agent, method, maxIterations);
      return { response, agent, toolCalls };
    }
    const { outcomes, direct, nextAgent } = await runStep(run, agent, calls, stepId);
    // A tool may have swallowed the cancellation that ended its wait.
    if (isRunCancelled()) throw new CancelledFailure('The run was cancelled');
    for (const { call, content: output, isError } of outcomes) {
      run.transcript.append({ role: 'tool', toolCallId: call.id, content: output });
      toolCalls.push({ toolId: call.id, toolName: call.name, isError });
    }
    if (direct !== undefined) {
      run.transcript.append({ role: 'assistant', content: direct.content });
      return { response: direct.content, agent, toolCalls };
    }
    run.agent = nextAgent;
  }
}

function record(run: Run, agent: Agent, reply: ModelReply): ModelReply {
  const { content, toolCalls = [] } = reply;
  run.transcript.append(
    toolCalls.length === 0 ? { role: 'assistant', content } : { role: 'assistant', content, toolCalls },
  );
  run.log.append(
    AgentOutput({
      agent: agent.name,
      response: content,
      toolCalls: toolCalls.map(({ id, name, args }) => ({ toolId: id, toolName: name, toolKwargs: args })),
    }),
  );
  return reply;
}

function leaveUndone(run: Run, calls: readonly ModelToolCall[], maxIterations: number): void {
  for (const { id } of calls) {
    const content = `Not run: the limit of ${maxIterations} steps was reached.`;
    run.transcript.append({ role: 'tool', toolCallId: id, content });
  }
}

/** The steps are used up. */
async function lastWord(
  run: Run,
  definition: AgentWorkflowDefinition,
  agent: Agent,
  method: 'force' | 'generate',
  maxIterations: number,
): Promise<string> {
  if (method === 'generate') {
    const { content } = await askModel(run, definition, agent, 'final');
    return record(run, agent, { content }).content;
  }
  throw new AgentError(
    'MAX_ITERATIONS',
    `The model still called tools in its reply number ${maxIterations}, which is the limit. Raise maxIterations, or see on the stream whether it goes in circles.`,
    { maxIterations },
  );
}

/** The turn's outcome as data. None when the model's data did not fit: the response stands without it. */
async function structuredOutcome(
  run: Run,
  definition: AgentWorkflowDefinition,
  agent: Agent,
): Promise<JsonObject | undefined> {
  const { output: schema, structuredOutput } = definition;
  if (schema === undefined && structuredOutput === undefined) return undefined;
  const output =
    structuredOutput === undefined ? await byModel(run, definition, agent) : await byCode(run, structuredOutput);
  if (output !== undefined) run.log.append(AgentStreamStructuredOutput({ agent: agent.name, output }));
  return output;
}

/** A run that is done does not fail because a provider cannot give data. */
async function byModel(run: Run, definition: AgentWorkflowDefinition, agent: Agent): Promise<JsonObject | undefined> {
  try {
    return (await askModel(run, definition, agent, 'structured')).structured;
  } catch (error) {
    if (!isAgentError(error)) throw error;
    log.warn(`The structured output was left out: ${error.message}`);
    return undefined;
  }
}

function sizeProblem(output: JsonObject): string | undefined {
  return jsonBytes(output) > LIMITS.messageBytes ? `it is larger than ${LIMITS.messageBytes} bytes` : undefined;
}

/** Code of the definition's author. What it cannot do is logged: a run that is done does not fail for it. */
async function byCode(
  run: Run,
  structuredOutput: NonNullable<AgentWorkflowDefinition['structuredOutput']>,
): Promise<JsonObject | undefined> {
  try {
    const output = await structuredOutput(copyJson(run.transcript.all()));
    const problem = isPlainObject(output)
      ? (jsonProblem(output, LIMITS.wrapDepth) ?? sizeProblem(output))
      : 'it is no object';
    if (problem === undefined) return output;
    log.warn(`structuredOutput gave what cannot be kept: ${problem}`);
  } catch (error) {
    if (endsRun(error)) throw error;
    log.warn(`structuredOutput failed: ${errorText(error)}`);
  }
  return undefined;
}
