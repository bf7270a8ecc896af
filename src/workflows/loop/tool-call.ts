/**
 * Tool call: one call of the model, from its ToolCall event to its ToolCallResult.
 *
 * Total: whatever a model asks for or a tool throws becomes an output for the model, unless it ends the run. A tool's
 * body runs once per call.
 *
 * @module
 */
import type { Agent, Tool } from '../../agent';
import { copyJson, jsonBytes, LIMITS, takeJson, ToolCall, ToolCallResult, type ModelToolCall } from '../../protocol';
import { type Body, inBody } from '../context/body';
import type { Journal } from '../context/journal';
import { createContext, type RunAgent } from '../context/run-context';
import { endsRun } from '../link/failure';
import { codeMismatch } from '../link/code-mismatch';
import type { Asker } from '../questions/question';
import type { OpenCall, ToolOutput } from './open-turn';
import { runNested } from './nested';
import type { Thread } from './thread';
import { toolFailure } from './tool-failure';

export interface ToolOutcome {
  readonly call: ModelToolCall;
  readonly content: string;
  readonly isError: boolean;
  readonly returnDirect: boolean;
}

/**
 * @param open What the call has done so far. Gets its output at the end.
 * @param output Makes the output. Called after the ToolCall event is written.
 */
export async function runToolCall(
  thread: Thread,
  agent: Agent,
  call: ModelToolCall,
  open: OpenCall,
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

function findTool(agent: Agent, call: ModelToolCall): Tool | undefined {
  return agent.tools.find(({ name }) => name === call.name);
}

/**
 * Runs the tool that a call names.
 *
 * @throws What stops the run: this worker's code does not fit what the call has done.
 */
export async function callOutput(thread: Thread, agent: Agent, call: ModelToolCall, body: Body): Promise<ToolOutput> {
  const tool = findTool(agent, call);
  const { journal } = body;
  if (tool === undefined) {
    if (call.problem === undefined) throw removed(thread, call.name, journal);
    const names = agent.tools.map(({ name }) => name).join(', ');
    return failed(
      `There is no tool "${call.name}". ${names === '' ? 'There are no tools.' : `The tools are: ${names}.`}`,
    );
  }
  if (call.problem !== undefined)
    return failed(
      `The arguments of "${call.name}" cannot be used: ${call.problem}. Call it again with other arguments.`,
    );
  let output: () => ToolOutput;
  try {
    const value = await execute(thread, agent, tool, call, body);
    output = () => readOutput(tool.name, value);
  } catch (error) {
    if (endsRun(error)) throw error;
    output = () => failed(toolFailure(tool, call, error));
  }
  // Even if the body swallowed the error.
  journal.finish();
  if (journal.divergence !== undefined) throw journal.divergence;
  return output();
}

/**
 * The tool existed when the model replied. Any output given here would not fit what a parked or replayed run has done.
 */
function removed(thread: Thread, tool: string, { isResumed }: Journal): Error {
  const problem = `The tool "${tool}" was there when the model called it, and this worker has none of that name.`;
  return isResumed ? thread.run.stop(problem) : codeMismatch(problem, true);
}

function execute(thread: Thread, agent: Agent, tool: Tool, call: ModelToolCall, body: Body): unknown {
  const { journal } = body;
  const asker: Asker = {
    callId: journal.callId,
    agents: thread.pathTo(agent.name),
    toolName: call.name,
    toolId: call.id,
    args: call.args,
    ...(thread.nesting === undefined ? {} : { origin: thread.nesting.origin }),
  };
  const runAgent: RunAgent = (...given) => runNested(thread.run, thread.runTurn, ...given);
  if (tool.kind === 'activity') {
    return createContext(thread.run, journal, asker, { runAgent, isMade: call.isMade === true }).callTool(
      tool,
      call.args,
    );
  }
  const ctx = createContext(thread.run, journal, asker, { runAgent, body });
  return inBody(body, () => tool.execute(copyJson(call.args), ctx));
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
