/**
 * Conversation: one long-lived run of many turns.
 *
 * It takes further messages while parked and while working, one turn each, in order. A turn that fails
 * says so on the stream and the conversation goes on. It ends when it is closed.
 *
 * @module
 */
import { condition } from '@temporalio/workflow';
import type { OpenTurnJson } from '../../agent';
import { isAgentError, TurnEnded, type AgentError, type RunInput, type RunResult } from '../../protocol';
import { runTurn } from './agent-loop';
import type { Thread } from './thread';

/**
 * @returns The result of the last turn; an empty one when there was none.
 * @throws AgentError What the last turn failed with, if it did.
 */
export async function runConversation(thread: Thread, input: RunInput, open?: OpenTurnJson): Promise<RunResult> {
  const { run, definition } = thread;
  const { context: _context, chatHistory, userMsg: first, ...limits } = input;
  const begins = open !== undefined || first !== undefined || chatHistory?.at(-1)?.role === 'user';
  let last: TurnResult = { result: { response: '', agent: thread.agent ?? definition.rootAgent, toolCalls: [] } };
  if (begins) last = await tryTurn(thread, input, 0, open);
  else for (const message of chatHistory ?? []) thread.transcript.append(message);
  for (let turn = begins ? 1 : 0; ; turn += 1) {
    run.rest();
    await condition(() => run.mailbox.isReady);
    const userMsg = run.mailbox.take();
    if (userMsg === undefined) break;
    last = await tryTurn(thread, { ...limits, userMsg }, turn);
  }
  if ('error' in last) throw last.error;
  return last.result;
}

type TurnResult = { readonly result: RunResult } | { readonly error: AgentError };

async function tryTurn(thread: Thread, input: RunInput, turn: number, open?: OpenTurnJson): Promise<TurnResult> {
  try {
    const result = await runTurn(thread, input, open);
    thread.run.log.append(TurnEnded({ turn, result: { ...result, toolCalls: [...result.toolCalls] } }));
    return { result };
  } catch (error) {
    if (!isAgentError(error)) throw error;
    thread.turn = undefined;
    thread.transcript.closeCalls('Not finished: the turn has failed.');
    thread.run.log.append(TurnEnded({ turn, error: { code: error.code, message: error.message } }));
    return { error };
  }
}
