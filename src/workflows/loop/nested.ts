/**
 * Nested: an agent that a tool runs, in the same run.
 *
 * It is one turn in a thread of its own, and one operation of the tool call's journal. Once done, it returns its
 * recorded result; while open, its note is the thread.
 *
 * @module
 */
import { CancellationScope, patched } from '@temporalio/workflow';
import { isAgentWorkflow, type AgentTask, type AgentWorkflow } from '../../agent';
import { AgentError, errorText, LIMITS, readRunInput, takeJson, type RunResult, type ThreadJson } from '../../protocol';
import type { Operation } from '../context/journal';
import type { Asker } from '../questions/question';
import { digestOfCall } from '../questions/question-id';
import type { Run } from '../run/run';
import { type RunTurn, Thread } from './thread';
import { resumedLimit, timeLimit, within } from './time-limit';

/** @throws AgentError What the turn failed with; `LIMIT_EXCEEDED`, `INVALID_INPUT`, `INVALID_DEFINITION`. */
export async function runNested(
  run: Run,
  runTurn: RunTurn,
  asker: Asker,
  operation: Operation,
  agent: AgentWorkflow,
  task: AgentTask | string,
): Promise<RunResult> {
  const definition = checkAgent(agent);
  const { name } = definition;
  if (asker.agents.length >= LIMITS.agentDepth) {
    throw new AgentError(
      'LIMIT_EXCEEDED',
      `"${name}" was not run: agents run each other at most ${LIMITS.agentDepth} deep (${asker.agents.join(' > ')}).`,
      { limit: 'agentDepth' },
    );
  }
  const taken = takeJson(task);
  if ('problem' in taken) {
    const message = `"${name}" was not run: its task is not JSON, ${taken.problem}.`;
    throw new AgentError('INVALID_INPUT', message, {});
  }
  const input = readRunInput(taken.value);
  const { context, conversation, carried, liveTokens, data } = input;
  if ([context, conversation, carried, liveTokens, data].some((field) => field !== undefined)) {
    const message = `"${name}" was not run: a task takes none of context, conversation, liveTokens and data, which are the run's.`;
    throw new AgentError('INVALID_INPUT', message, {});
  }
  // Earlier releases took texts only, and what they refused must be refused again.
  const contents = [input.userMsg, ...(input.chatHistory ?? []).map(({ content }) => content)];
  if (contents.some((content) => typeof content === 'object') && !patched('countersign-content')) {
    throw new AgentError('INVALID_INPUT', `"${name}" was not run: its task takes texts only.`, {});
  }
  const origin = digestOfCall(asker, name, taken.value);
  const thread = new Thread(run, definition, runTurn, { id: operation.id, above: asker.agents, origin });
  const left = operation.resumed as ThreadJson | undefined;
  const open = left?.open;
  if (left !== undefined && open !== undefined) resume(thread, left);
  else for (const [key, value] of Object.entries(definition.initialState)) run.store.setFirst(key, value);
  const what = `The agent "${name}"`;
  const timeout = input.timeout ?? definition.timeout;
  const limit = left === undefined ? timeLimit(what, timeout) : resumedLimit(what, timeout, left.deadline);
  operation.note(() => ({ ...thread.toJson(), ...(limit === undefined ? {} : { deadline: limit.deadline }) }));
  run.nested.set(operation.id, thread);
  const scope = new CancellationScope();
  thread.cancel = () => scope.cancel();
  try {
    return await scope.run(
      async () => await within(limit, () => runTurn(thread, open === undefined ? input : {}, open)),
    );
  } finally {
    thread.turn?.close();
    run.nested.delete(operation.id);
    run.endCall(operation.id);
  }
}

/** If this worker's agents differ, that is no failure of the tool. */
function resume(thread: Thread, left: ThreadJson): void {
  try {
    thread.resume(left);
  } catch (error) {
    throw thread.run.stop(errorText(error));
  }
}

function checkAgent(agent: AgentWorkflow): AgentWorkflow['definition'] {
  if (isAgentWorkflow(agent)) return agent.definition;
  throw new AgentError('INVALID_DEFINITION', 'ctx.runAgent takes an AgentWorkflow, as AgentWorkflow.create makes it.', {
    name: String(agent),
  });
}
