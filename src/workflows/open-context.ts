/**
 * openContext: waiting for people in a hand-written workflow.
 *
 * @module
 */
import type { Context } from '../agent';
import { readRunData, type JsonObject } from '../protocol';
import { Journal } from './context/journal';
import { runTurn } from './loop/agent-loop';
import { setMessageHandlers } from './messages';
import { Session } from './session/session';
import { registerRun } from './run/current-run';
import { createContext, type RunAgent } from './context/run-context';
import { runNested } from './loop/nested';

/**
 * Open the context of the current Temporal workflow.
 *
 * Sets the run's message handlers, so call it once, before any await.
 *
 * @param options `data`: told to the tools and prompts of agents that it runs, as `ctx.data`; an object of at most 16
 *   KiB as JSON. Default: {}.
 * @throws Error on a second call in one run; AgentError `INVALID_INPUT` for bad data.
 */
export function openContext<State extends object = JsonObject, Data extends object = JsonObject>(
  options: { readonly data?: Data } = {},
): Context<State, Data> {
  const session = new Session(runTurn);
  const { run } = session;
  if (!registerRun(run)) {
    throw new Error(
      'openContext() opens a workflow that was written by hand, once: hand its result on. A tool of an agent is given its context, ctx.',
    );
  }
  setMessageHandlers(session);
  if (options.data !== undefined) run.data = readRunData(options.data);
  const journal = new Journal('0.0', [], { forgets: true });
  const runAgent: RunAgent = (...given) => runNested(run, runTurn, ...given);
  return createContext(run, journal, { callId: '0.0', agents: [] }, { runAgent }) as unknown as Context<State, Data>;
}
