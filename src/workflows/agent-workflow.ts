/**
 * AgentWorkflow: a Temporal workflow function with its definition attached.
 *
 * So anything that starts workflows can start it: the plain client, the CLI, a Schedule, the web UI.
 * Nothing it needs travels in headers or plugins.
 *
 * @module
 */
import { CancellationScope, isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import type { Duration } from '@temporalio/common';
import {
  checkDefinition,
  readAgentWorkflowOptions,
  readCarried,
  readContext,
  type AgentOptions,
  type AgentWorkflow as AgentWorkflowFunction,
  type AgentWorkflowDefinition,
  type AgentWorkflowOptions,
  type CarriedJson,
  type OpenTurnJson,
  type Tool,
} from '../agent';
import {
  errorText,
  isAgentError,
  isPlainObject,
  readRunInput,
  StopEvent,
  WorkflowCancelledEvent,
  WorkflowFailedEvent,
  WorkflowTimedOutEvent,
  AgentError,
  type RunInput,
  type RunResult,
} from '../protocol';
import { moveOnBetweenSteps, moveOnWhenForced } from './session/move';
import { runTurn } from './loop/agent-loop';
import { runConversation } from './session/conversation';
import { readDuration } from './context/duration';
import { isRunCancelled, toFailure } from './link/failure';
import { setMessageHandlers } from './messages';
import { rememberOpened } from './run/opened';
import { Run } from './run/run';
import { timeLimit, within } from './loop/time-limit';
import type { Thread } from './loop/thread';
import { timesOf } from './context/tool-activity';

/** An interface of this module, so that declaration files can name it as `countersign/workflow` exports it. */
export interface AgentWorkflow extends AgentWorkflowFunction {}

export const AgentWorkflow = {
  /**
   * An agent workflow of one or several agents. Export it under its `name`.
   *
   * @throws AgentError `INVALID_DEFINITION`, saying what is wrong.
   */
  create(options: AgentWorkflowOptions): AgentWorkflow {
    const definition = readAgentWorkflowOptions(options);
    checkTimes(definition);
    const workflow = (input: unknown): Promise<RunResult> => execute(definition, input);
    Object.defineProperty(workflow, 'name', { value: definition.name });
    return Object.assign(workflow, { definition });
  },

  /**
   * An agent workflow of a single agent, which has the workflow's name.
   *
   * @throws AgentError `INVALID_DEFINITION`, saying what is wrong; for a bare function, how to wrap it.
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
  // What comes with the start itself is taken when the handlers are set: the run must be there by then.
  const start = prepare(definition, input);
  const { run } = start;
  rememberOpened(run);
  setMessageHandlers(run);
  try {
    if ('error' in start) throw start.error;
    const { read, open } = start;
    const main = run.main as Thread;
    main.beforeStep = async () => await moveOnBetweenSteps(run, read);
    const root = CancellationScope.current();
    const moved = new Promise<never>((_resolve, reject) => {
      run.onStop = reject;
      run.onTooLong = () => void root.run(async () => await moveOnWhenForced(run, read)).catch(reject);
    });
    void run.takeWhatCameFirst();
    const work = (): Promise<RunResult> => (read.conversation === true ? runConversation : runTurn)(main, read, open);
    const result = await Promise.race([run.limit === undefined ? work() : within(run.limit, work), moved]);
    run.end('completed', StopEvent({ result: { ...result, toolCalls: [...result.toolCalls] } }));
    return result;
  } catch (error) {
    if (isRunCancelled() && isCancellation(error)) {
      run.end('cancelled', WorkflowCancelledEvent({ message: 'The run was cancelled.' }));
    } else if (isAgentError(error)) {
      const ended = { message: errorText(error), code: error.code };
      if (error.code === 'RUN_TIMED_OUT') run.end('timed_out', WorkflowTimedOutEvent(ended));
      else run.end('failed', WorkflowFailedEvent(ended));
      throw toFailure(error);
    }
    throw error;
  }
}

interface Start {
  readonly run: Run;
  readonly read: RunInput;
  readonly open?: OpenTurnJson;
}

/** Everything before the first await. An input that cannot be used is an error to be thrown when the run can be asked. */
function prepare(
  definition: AgentWorkflowDefinition,
  input: unknown,
): Start | { readonly run: Run; readonly error: unknown } {
  let run: Run | undefined;
  try {
    const read = readRunInput(input);
    const carried = read.carried === undefined ? undefined : readHandedOn(read.carried);
    run = new Run(runTurn, definition, carried);
    // A later link has a time limit if its run began with one, whatever the definition says by now.
    const isLimited = carried === undefined || carried.deadline !== undefined;
    const timeout = (read.timeout as Duration | undefined) ?? definition.timeout;
    run.limit = timeLimit('The run', isLimited ? timeout : undefined, carried?.deadline);
    run.liveTokens = read.liveTokens ?? true;
    if (read.conversation === true) run.mailbox.open();
    const open = carried === undefined ? resume(run, read) : carried.context.open;
    if (carried !== undefined) run.resumeLink(carried);
    return { run, read, ...(open === undefined ? {} : { open }) };
  } catch (error) {
    return {
      run: run ?? new Run(runTurn, definition),
      error: isPlainObject(input) && isHandedOn(input['carried']) ? notFatal(error) : error,
    };
  }
}

/** @throws AgentError `INVALID_CONTEXT` for what somebody else sent. */
function readHandedOn(carried: unknown): CarriedJson {
  // Earlier releases took it from anybody, and such runs go on: the patch is asked only where it is refused.
  if (isHandedOn(carried) || !patched('countersign-carried')) return readCarried(carried);
  throw new AgentError('INVALID_CONTEXT', '"carried" is what a run hands to itself: start it without.', {});
}

/**
 * By the link before. The sender of a start cannot know the id that Temporal will give to the first link. A retry of such a
 * run, or a run of a cron, has the input that was sent.
 */
function isHandedOn(carried: unknown): boolean {
  const { continuedFromExecutionRunId, firstExecutionRunId, cronSchedule } = workflowInfo();
  if (continuedFromExecutionRunId === undefined || cronSchedule || !isPlainObject(carried)) return false;
  const { chain, link } = carried;
  // Earlier releases named the link only, which Temporal does too in a first attempt.
  return chain === undefined ? link === continuedFromExecutionRunId : chain === firstExecutionRunId;
}

/** What a run handed to itself is right: it is this worker that does not know it. Temporal retries until one does. */
function notFatal(error: unknown): Error {
  return new Error(`${errorText(error)} Deploy a worker that has what the run was doing, and it goes on.`);
}

function resume(run: Run, read: RunInput): OpenTurnJson | undefined {
  if (read.context === undefined) return undefined;
  const context = readContext(read.context);
  checkMessage(read, context.open);
  // A history that is given replaces that of the context, what was summarized of it too.
  const { summary: _summary, ...withoutSummary } = context;
  run.resume(read.chatHistory === undefined ? context : { ...withoutSummary, messages: [] });
  return context.open;
}

/** A turn in the middle goes on by itself; from a run that had ended the next one needs a message. */
function checkMessage({ userMsg, chatHistory, conversation }: RunInput, open: OpenTurnJson | undefined): void {
  if (open === undefined) {
    if (userMsg !== undefined || chatHistory?.at(-1)?.role === 'user' || conversation === true) return;
  } else if (userMsg === undefined && chatHistory === undefined) return;
  const problem =
    open === undefined
      ? 'its context is of a run that had ended: give the userMsg of the next turn'
      : 'its context is in the middle of a turn: leave userMsg and chatHistory out, the turn goes on by itself';
  throw new AgentError('INVALID_INPUT', `The run cannot start: ${problem}.`, {});
}

/** A time that Temporal refuses would be refused at every retry: found when the module is loaded. */
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
