/**
 * Make room: before a model call, drops the messages that no longer fit the agent's memory.
 *
 * A summary is optional: if the model cannot make one, the log says why.
 *
 * @module
 */
import { log } from '@temporalio/workflow';
import type { Agent } from '../../agent';
import { isAgentError, MemoryCompacted } from '../../protocol';
import { askSummary } from './model-call';
import type { Thread } from './thread';

export async function makeRoom(thread: Thread, agent: Agent): Promise<void> {
  const { memory } = thread;
  const before = memory.overflow();
  if (before === undefined) return;
  if (!memory.summarizes) return memory.forget(before);
  memory.forget(before, await summaryOf(thread, agent, before));
  const { summary } = memory.told;
  thread.write(MemoryCompacted({ agent: agent.name, before, ...(summary === undefined ? {} : { summary }) }));
}

/** @returns A blank text if there is none. */
async function summaryOf(thread: Thread, agent: Agent, before: number): Promise<string> {
  try {
    const summary = await askSummary(thread, agent, before);
    if (summary.trim() === '') log.warn('Messages were dropped without a summary: the model gave an empty one.');
    return summary;
  } catch (error) {
    if (!isAgentError(error)) throw error;
    log.warn(`Messages were dropped without a summary: ${error.message}`);
    return '';
  }
}
