/**
 * AgentWorkflow: a Temporal workflow function with its definition attached.
 *
 * Any Temporal client, the CLI, the UI or a Schedule can start it: nothing that it needs travels in headers or plugins.
 *
 * @module
 */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import {
  checkDefinition,
  readAgentWorkflowOptions,
  type AgentOptions,
  type AgentWorkflow as AgentWorkflowFunction,
  type AgentWorkflowDefinition,
  type AgentWorkflowOptions,
  type Tool,
} from '../agent';
import {
  errorText,
  isAgentError,
  StopEvent,
  WorkflowCancelledEvent,
  WorkflowFailedEvent,
  WorkflowTimedOutEvent,
  AgentError,
  type RunResult,
} from '../protocol';
import { moveBetweenSteps, moveWhenForced, wantsToMove } from './session/move';
import { runTurn } from './loop/agent-loop';
import { runConversation } from './session/conversation';
import { readDuration } from './context/duration';
import { isRunCancelled, toFailure } from './link/failure';
import { setMessageHandlers } from './messages';
import { registerRun } from './run/current-run';
import { begin } from './session/begin';
import { within } from './loop/time-limit';
import type { Thread } from './loop/thread';
import { timesOf } from './context/tool-activity';

/** An interface of this module, so that declaration files name it as `countersign/workflow` exports it. */
export interface AgentWorkflow extends AgentWorkflowFunction {}

export const AgentWorkflow = {
  /**
   * Define a workflow of one or several agents. Export it under its `name`.
   *
   * @throws AgentError `INVALID_DEFINITION`, with what is wrong.
   */
  create(options: AgentWorkflowOptions): AgentWorkflow {
    const definition = readAgentWorkflowOptions(options);
    checkTimes(definition);
    const workflow = (input: unknown): Promise<RunResult> => execute(definition, input);
    Object.defineProperty(workflow, 'name', { value: definition.name });
    return Object.assign(workflow, { definition });
  },

  /**
   * Define a workflow of a single agent, which has the workflow's name.
   *
   * @throws AgentError `INVALID_DEFINITION`, with what is wrong; for a bare function, how to wrap it.
   */
  fromToolsOrFunctions(
    tools: readonly Tool[],
    options: Omit<AgentOptions, 'tools' | 'canHandoffTo'> & Omit<AgentWorkflowOptions, 'agents' | 'rootAgent'>,
  ): AgentWorkflow {
    checkDefinition.fromTools(options);
    const {
      description,
      systemPrompt,
      llm,
      streaming,
      allowParallelToolCalls,
      initialToolChoice,
      modelSettings,
      ...workflow
    } = options;
    const given = { description, systemPrompt, streaming, allowParallelToolCalls, initialToolChoice, modelSettings };
    const agent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    return AgentWorkflow.create({ ...workflow, agents: [{ name: options.name, llm, tools, ...agent }] });
  },
};

async function execute(definition: AgentWorkflowDefinition, input: unknown): Promise<RunResult> {
  // Setting the handlers delivers messages that came with the start, so the run must exist by then.
  const start = begin(runTurn, definition, input);
  const { session } = start;
  const { run } = session;
  registerRun(run);
  setMessageHandlers(session);
  try {
    if ('error' in start) throw start.error;
    const { read, open } = start;
    const main = session.main as Thread;
    main.beforeStep = {
      isDue: () => wantsToMove(session),
      go: async () => await moveBetweenSteps(session, read),
    };
    const root = CancellationScope.current();
    const moved = new Promise<never>((_resolve, reject) => {
      run.onStop = reject;
      run.onTooLong = () => void root.run(async () => await moveWhenForced(session, read)).catch(reject);
    });
    void session.intake.takeFirstMessages();
    const work = (): Promise<RunResult> =>
      read.conversation === true ? runConversation(session, main, read, open) : runTurn(main, read, open);
    const result = await Promise.race([session.limit === undefined ? work() : within(session.limit, work), moved]);
    session.end('completed', StopEvent({ result: { ...result, toolCalls: [...result.toolCalls] } }));
    return result;
  } catch (error) {
    if (isRunCancelled() && isCancellation(error)) {
      session.end('cancelled', WorkflowCancelledEvent({ message: 'The run was cancelled.' }));
    } else if (isAgentError(error)) {
      const ended = { message: errorText(error), code: error.code };
      if (error.code === 'RUN_TIMED_OUT') session.end('timed_out', WorkflowTimedOutEvent(ended));
      else session.end('failed', WorkflowFailedEvent(ended));
      throw toFailure(error);
    }
    throw error;
  }
}

/** Checked when the module loads: in the workflow task, Temporal would refuse a bad time at every retry. */
function checkTimes({ name, modelRetryFor, timeout, agents }: AgentWorkflowDefinition): void {
  try {
    readDuration(modelRetryFor, 'modelRetryFor');
    for (const { modelTimeout } of agents.values()) readDuration(modelTimeout, 'modelTimeout');
    if (timeout !== undefined) readDuration(timeout, 'timeout');
    for (const agent of agents.values()) for (const tool of agent.tools) if (tool.kind === 'activity') timesOf(tool);
  } catch (error) {
    throw new AgentError('INVALID_DEFINITION', `AgentWorkflow "${name}": ${errorText(error)}`, { name });
  }
}
