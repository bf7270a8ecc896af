/**
 * Tool call: one call the model made, from its ToolCall event to its ToolCallResult.
 *
 * Total but for what ends the run: whatever a model asks for and whatever a tool throws becomes an
 * output that the model is told. A tool's body runs once per call.
 *
 * @module
 */
import { DeterminismViolationError } from '@temporalio/workflow';
import type { Agent, ModelToolCall, Tool } from '../../agent';
import { copyJson, jsonBytes, LIMITS, takeJson, ToolCall, ToolCallResult } from '../../protocol';
import { endsRun } from '../failure';
import type { Journal } from '../context/journal';
import { createContext } from '../context/run-context';
import type { Asker } from '../questions/judge';
import type { Thread } from './thread';
import { toolFailure } from './tool-failure';

export interface ToolOutcome {
  readonly call: ModelToolCall;
  /** What the model is told. */
  readonly content: string;
  readonly isError: boolean;
  readonly returnDirect: boolean;
}

/**
 * @param open What the call has done so far; its output is kept there when it has ended.
 * @param output Gives what the call gives; it begins after the ToolCall event is written.
 */
export async function runToolCall(
  thread: Thread,
  agent: Agent,
  call: ModelToolCall,
  open: { readonly journal: Journal; output?: ToolOutput },
  output: () => Promise<ToolOutput>,
): Promise<ToolOutcome> {
  const named = { agent: agent.name, toolId: call.id, toolName: call.name };
  const returnsDirect = findTool(agent, call)?.returnDirect === true;
  if (open.output !== undefined) return { call, ...open.output, returnDirect: returnsDirect && !open.output.isError };
  if (!open.journal.isResumed) thread.write(ToolCall({ ...named, toolKwargs: call.args }));
  const { content, isError } = await output();
  open.output = { content, isError };
  open.journal.isClosed = true;
  thread.run.endCall(open.journal.callId);
  const returnDirect = returnsDirect && !isError;
  thread.write(ToolCallResult({ ...named, toolOutput: content, isError, returnDirect }));
  return { call, content, isError, returnDirect };
}

export interface ToolOutput {
  readonly content: string;
  readonly isError: boolean;
}

function findTool(agent: Agent, call: ModelToolCall): Tool | undefined {
  return agent.tools.find(({ name }) => name === call.name);
}

/** Run the tool that a call names. */
export async function callOutput(
  thread: Thread,
  agent: Agent,
  call: ModelToolCall,
  journal: Journal,
): Promise<ToolOutput> {
  const tool = findTool(agent, call);
  if (tool === undefined) {
    if (call.problem === undefined) throw removed(call.name);
    const names = agent.tools.map(({ name }) => name).join(', ');
    return failed(
      `There is no tool "${call.name}". ${names === '' ? 'There are no tools.' : `The tools are: ${names}.`}`,
    );
  }
  if (call.problem !== undefined)
    return failed(
      `The arguments of "${call.name}" cannot be used: ${call.problem}. Call it again with other arguments.`,
    );
  try {
    return readOutput(tool.name, await execute(thread, agent, tool, call, journal));
  } catch (error) {
    if (endsRun(error)) throw error;
    return failed(toolFailure(tool, call, error));
  }
}

/**
 * The reply found the tool there. To go on without it would give a run that is parked in it, or had it done, another
 * past than it had: so its workflow task fails, and is tried again until a worker has the tool.
 */
function removed(tool: string): DeterminismViolationError {
  return new DeterminismViolationError(
    `The tool "${tool}" was there when the model called it, and this worker has none of that name. Nothing is lost: the run goes on when a worker that has the tool is deployed.`,
  );
}

function execute(thread: Thread, agent: Agent, tool: Tool, call: ModelToolCall, journal: Journal): unknown {
  const asker: Asker = {
    callId: journal.callId,
    agents: thread.pathTo(agent.name),
    toolName: call.name,
    toolId: call.id,
    args: call.args,
    ...(thread.nesting === undefined ? {} : { origin: thread.nesting.origin }),
  };
  if (tool.kind === 'context') return tool.execute(copyJson(call.args), createContext(thread.run, journal, asker));
  return createContext(thread.run, journal, asker, call.isMade === true).callTool(tool, call.args);
}

function readOutput(tool: string, value: unknown): ToolOutput {
  if (value === undefined || value === null) return { content: '', isError: false };
  const taken = takeJson(value);
  if ('problem' in taken) return failed(`The tool "${tool}" gave an output that is not JSON: ${taken.problem}.`);
  const content = typeof taken.value === 'string' ? taken.value : JSON.stringify(taken.value);
  return jsonBytes(content) > LIMITS.toolOutputBytes
    ? failed(`The tool "${tool}" gave an output larger than ${LIMITS.toolOutputBytes} bytes.`)
    : { content, isError: false };
}

function failed(content: string): ToolOutput {
  return { content, isError: true };
}
