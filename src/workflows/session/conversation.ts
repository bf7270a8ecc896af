/**
 * Conversation: one long-lived run of many turns.
 *
 * It takes messages at any time, one turn each, in order. If a turn fails, the stream says so and the conversation goes
 * on until it is closed.
 *
 * @module
 */
import { condition } from '@temporalio/workflow';
import {
  AgentError,
  isAgentError,
  takeJson,
  TurnEnded,
  type AgentErrorCode,
  type RunInput,
  type RunResult,
  type OpenTurnJson,
} from '../../protocol';
import { runTurn } from '../loop/agent-loop';
import type { Thread } from '../loop/thread';
import { wantsToMove } from './move';
import type { ConversationState, Session } from './session';

/**
 * @returns The result of the last turn; an empty one if there was none.
 * @throws AgentError What the last turn failed with, if it did.
 */
export async function runConversation(
  session: Session,
  thread: Thread,
  input: RunInput,
  open?: OpenTurnJson,
): Promise<RunResult> {
  const { mailbox } = session.intake;
  const { context: _context, carried: _carried, chatHistory, userMsg: first, ...limits } = input;
  session.conversation ??= {
    turn: 0,
    last: { result: { response: '', agent: thread.agent ?? thread.definition.rootAgent, toolCalls: [] } },
  };
  const state = session.conversation;
  if (open !== undefined || first !== undefined || chatHistory?.at(-1)?.role === 'user') {
    await tryTurn(thread, state, input, open);
  } else for (const message of chatHistory ?? []) thread.transcript.append(message);
  for (;;) {
    session.run.markResting();
    if (wantsToMove(session)) await thread.beforeStep?.go();
    await condition(() => mailbox.isReady || wantsToMove(session));
    if (!mailbox.isReady) continue;
    const userMsg = mailbox.take();
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
