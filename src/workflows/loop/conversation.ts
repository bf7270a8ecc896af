/**
 * Conversation: one long-lived run of many turns.
 *
 * It takes further messages while parked and while working, one turn each, in order. A turn that fails
 * says so on the stream and the conversation goes on. It ends when it is closed.
 *
 * @module
 */
import { condition } from '@temporalio/workflow';
import type { AgentWorkflowDefinition, OpenTurnJson } from '../../agent';
import { isAgentError, TurnEnded, type AgentError, type RunInput, type RunResult } from '../../protocol';
import { runTurn } from './agent-loop';
import type { Run } from '../run';

/** @throws AgentError What the last turn failed with, if it did. */
export async function runConversation(
  run: Run,
  definition: AgentWorkflowDefinition,
  input: RunInput,
  open?: OpenTurnJson,
): Promise<RunResult> {
  let last = await tryTurn(run, definition, input, 0, open);
  for (let turn = 1; ; turn += 1) {
    run.rest();
    await condition(() => run.mailbox.isReady);
    const userMsg = run.mailbox.take();
    if (userMsg === undefined) break;
    const { context: _context, chatHistory: _chatHistory, ...limits } = input;
    last = await tryTurn(run, definition, { ...limits, userMsg }, turn);
  }
  if ('error' in last) throw last.error;
  return last.result;
}

type TurnResult = { readonly result: RunResult } | { readonly error: AgentError };

async function tryTurn(
  run: Run,
  definition: AgentWorkflowDefinition,
  input: RunInput,
  turn: number,
  open?: OpenTurnJson,
): Promise<TurnResult> {
  try {
    const result = await runTurn(run, definition, input, open);
    run.log.append(TurnEnded({ turn, result: { ...result, toolCalls: [...result.toolCalls] } }));
    return { result };
  } catch (error) {
    if (!isAgentError(error)) throw error;
    run.turn = undefined;
    run.transcript.closeCalls('Not finished: the turn has failed.');
    run.log.append(TurnEnded({ turn, error: { code: error.code, message: error.message } }));
    return { error };
  }
}
