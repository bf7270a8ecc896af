/**
 * Handoff: how an agent gives the conversation to another.
 *
 * To the model it is a tool. Its body does nothing: the loop hands off after the reply's other calls, so that none of
 * them is lost.
 *
 * @module
 */
import * as v from 'valibot';
import { defineTool, type ContextTool } from './tool';

/** Reserved: no tool of an agent may have this name. */
export const HANDOFF_TOOL = 'handoff';

/** An agent that may be handed off to, as the model is told. */
export interface HandoffTarget {
  readonly name: string;
  readonly description: string;
}

export function handoffTool(targets: readonly HandoffTarget[]): ContextTool<{ to_agent: string; reason: string }> {
  const known = targets.map(({ name, description }) => `- ${name}${description === '' ? '' : `: ${description}`}`);
  return defineTool({
    name: HANDOFF_TOOL,
    description: `Hand the conversation over to another agent, when it suits the request better. The agents are:\n${known.join('\n')}`,
    parameters: { to_agent: v.string(), reason: v.string() },
    execute: () => {
      throw new Error('A handoff is done by the agent loop.');
    },
  });
}

/** Tells the model that a handoff is done. */
export function handoffDone(to: string, reason: string): string {
  return `Agent ${to} is now handling the request, for this reason: ${reason}\nGo on with the current request.`;
}

/** Tells the model why a handoff is impossible. No error: it may choose again. */
export function handoffRefused(from: string, to: string, targets: readonly HandoffTarget[]): string {
  const names = targets.map(({ name }) => name).join(', ');
  return `Agent ${from} cannot hand over to "${to}". It can hand over to: ${names}.`;
}
