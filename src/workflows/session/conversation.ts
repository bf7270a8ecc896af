/**
 * Conversation: one long-lived run of many turns.
 *
 * It takes further messages while parked and while working, one turn each, in order. A turn that fails
 * says so on the stream and the conversation goes on. It ends when it is closed.
 *
 * @module
 */
import { condition } from '@temporalio/workflow';
import type { OpenTurnJson, TurnOutcome } from '../../agent';
import {
  AgentError,
  isAgentError,
  takeJson,
  TurnEnded,
  type AgentErrorCode,
  type RunInput,
  type RunResult,
} from '../../protocol';
import { wantsToMove } from './move';
import { runTurn } from '../loop/agent-loop';
import type { Thread } from '../loop/thread';

/** Where a conversation is. */
export interface ConversationState {
  /** The turn that is open, or comes next. */
  turn: number;
  /** What the turn before came to. */
  last: TurnOutcome;
}

/**
 * @returns The result of the last turn; an empty one when there was none.
 * @throws AgentError What the last turn failed with, if it did.
 */
export async function runConversation(thread: Thread, input: RunInput, open?: OpenTurnJson): Promise<RunResult> {
  const { run, definition } = thread;
  const { context: _context, carried: _carried, chatHistory, userMsg: first, ...limits } = input;
  run.conversation ??= {
    turn: 0,
    last: { result: { response: '', agent: thread.agent ?? definition.rootAgent, toolCalls: [] } },
  };
  const state = run.conversation;
  if (open !== undefined || first !== undefined || chatHistory?.at(-1)?.role === 'user') {
    await tryTurn(thread, state, input, open);
  } else for (const message of chatHistory ?? []) thread.transcript.append(message);
  for (;;) {
    run.rest();
    if (wantsToMove(run)) await thread.beforeStep?.();
    await condition(() => run.mailbox.isReady || wantsToMove(run));
    if (!run.mailbox.isReady) continue;
    const userMsg = run.mailbox.take();
    if (userMsg === undefined) break;
    await tryTurn(thread, state, { ...limits, userMsg });
  }
  const { last } = state;
  if ('result' in last) return last.result;
  throw new AgentError(last.error.code as AgentErrorCode, last.error.message, last.error.details as never);
}

async function tryTurn(thread: Thread, state: ConversationState, input: RunInput, open?: OpenTurnJson): Promise<void> {
  try {
    const result = await runTurn(thread, input, open);
    thread.run.log.append(TurnEnded({ turn: state.turn, result: { ...result, toolCalls: [...result.toolCalls] } }));
    state.last = { result };
  } catch (error) {
    if (!isAgentError(error)) throw error;
    const { code, message } = error;
    const taken = takeJson(error.details);
    thread.transcript.closeCalls('Not finished: the turn has failed.');
    thread.run.log.append(TurnEnded({ turn: state.turn, error: { code, message } }));
    state.last = { error: { code, message, details: 'value' in taken ? taken.value : {} } };
  }
  thread.turn = undefined;
  state.turn += 1;
}
