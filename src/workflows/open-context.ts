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
import { Session } from './session/session';
import { rememberOpened } from './run/opened';
import { createContext, type RunAgent } from './context/run-context';
import { runNested } from './loop/nested';

/**
 * Open the context of the Temporal workflow this is called in.
 *
 * Sets the run's message handlers, so call it first, before any await, once.
 *
 * @throws Error when it is called twice in a run.
 */
export function openContext<State extends object = JsonObject>(): Context<State> {
  const session = new Session(runTurn);
  const { run } = session;
  if (!rememberOpened(run)) {
    throw new Error(
      'openContext() opens a workflow that was written by hand, once: hand its result on. A tool of an agent is given its context, ctx.',
    );
  }
  setMessageHandlers(session);
  const journal = new Journal('0.0', [], { forgets: true });
  const runAgent: RunAgent = (...given) => runNested(run, runTurn, ...given);
  return createContext(run, journal, { callId: '0.0', agents: [] }, { runAgent }) as unknown as Context<State>;
}
