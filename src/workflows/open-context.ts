/**
 * openContext: the same waiting, for a hand-written workflow.
 *
 * @module
 */
import type { Context } from '../agent';
import type { JsonObject } from '../protocol';
import { Journal } from './context/journal';
import { runTurn } from './loop/agent-loop';
import { setMessageHandlers } from './messages';
import { Run } from './run/run';
import { rememberOpened } from './run/opened';
import { createContext } from './context/run-context';

/**
 * Open the context of the Temporal workflow this is called in.
 *
 * Sets the run's message handlers, so call it first, before any await, once.
 *
 * @throws Error when it is called twice in a run.
 */
export function openContext<State extends object = JsonObject>(): Context<State> {
  const run = new Run(runTurn);
  if (!rememberOpened(run)) {
    throw new Error(
      'openContext() opens a workflow that was written by hand, once: hand its result on. A tool of an agent is given its context, ctx.',
    );
  }
  setMessageHandlers(run);
  const journal = new Journal('0.0', [], { forgets: true });
  return createContext(run, journal, { callId: '0.0', agents: [] }) as unknown as Context<State>;
}
