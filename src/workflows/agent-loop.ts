/**
 * Agent loop: a turn, from the user's message to the agent's final response.
 *
 * model call -> its tool calls side by side -> their results to the model -> ... -> final response.
 * An answer within the iteration limit is an answer; the tools of the last allowed reply are not run.
 *
 * @module
 */
import { ActivityCancellationType, CancelledFailure, proxyActivities } from '@temporalio/workflow';
import {
  MODEL_ACTIVITY,
  type Agent,
  type AgentWorkflowDefinition,
  type ModelCall,
  type ModelReply,
  type ModelToolCall,
} from '../agent';
import { AgentError, AgentInput, AgentOutput, type RunInput, type RunResult, type ToolCallSummary } from '../protocol';
import { isRunCancelled, modelError } from './failure';
import type { Run } from './run';
import { runStep } from './step';

/** A model that is silent for so long is asked again. Unit: Temporal durations. */
const MODEL_TIMES = { startToCloseTimeout: '10 minutes', heartbeatTimeout: '15 seconds' } as const;

export async function runTurn(run: Run, definition: AgentWorkflowDefinition, input: RunInput): Promise<RunResult> {
  for (const message of input.chatHistory ?? []) run.transcript.append(message);
  if (input.userMsg !== undefined) run.transcript.append({ role: 'user', content: input.userMsg });

  const maxIterations = input.maxIterations ?? definition.maxIterations;
  const toolCalls: ToolCallSummary[] = [];
  for (let step = 1; ; step += 1) {
    const agent = definition.agents.get(run.agent ?? definition.rootAgent) as Agent;
    const reply = await callModel(run, definition, agent, step);
    if ('response' in reply) return { response: reply.response, agent: agent.name, toolCalls };
    if (step >= maxIterations) {
      throw new AgentError(
        'MAX_ITERATIONS',
        `The model still called tools in its reply number ${maxIterations}, which is the limit. Raise maxIterations, or see on the stream whether it goes in circles.`,
        { maxIterations },
      );
    }
    const { outcomes, direct, nextAgent } = await runStep(run, agent, reply.toolCalls, String(step));
    // A tool may have swallowed the cancellation that ended its wait.
    if (isRunCancelled()) throw new CancelledFailure('The run was cancelled');
    for (const { call, content, isError } of outcomes) {
      run.transcript.append({ role: 'tool', toolCallId: call.id, content });
      toolCalls.push({ toolId: call.id, toolName: call.name, isError });
    }
    if (direct !== undefined) {
      run.transcript.append({ role: 'assistant', content: direct.content });
      return { response: direct.content, agent: agent.name, toolCalls };
    }
    run.agent = nextAgent;
  }
}

/** One model call: the final response, or the tool calls to make. */
async function callModel(
  run: Run,
  definition: AgentWorkflowDefinition,
  agent: Agent,
  step: number,
): Promise<{ readonly response: string } | { readonly toolCalls: readonly ModelToolCall[] }> {
  const upTo = run.transcript.length;
  run.begin(agent.name, step);
  run.log.append(AgentInput({ agent: agent.name, upTo }));
  const messages = run.transcript.inline();
  const { content, toolCalls = [] } = await modelActivity(definition, {
    agent: agent.name,
    upTo,
    ...(messages === undefined ? {} : { messages }),
  });
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
  return toolCalls.length === 0 ? { response: content } : { toolCalls };
}

async function modelActivity(definition: AgentWorkflowDefinition, call: ModelCall): Promise<ModelReply> {
  const activities = proxyActivities<Record<typeof MODEL_ACTIVITY, (call: ModelCall) => Promise<ModelReply>>>({
    ...MODEL_TIMES,
    scheduleToCloseTimeout: definition.modelRetryFor,
    retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '1 minute' },
    cancellationType: ActivityCancellationType.TRY_CANCEL,
  });
  try {
    return await activities[MODEL_ACTIVITY](call);
  } catch (error) {
    throw modelError(error, String(definition.modelRetryFor));
  }
}
