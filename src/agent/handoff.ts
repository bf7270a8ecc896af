/**
 * Handoff: how an agent gives the conversation to another one.
 *
 * To the model it is a tool like any other. Its body changes nothing: the loop hands over, after the
 * other calls of the reply, so that a call beside it is never lost.
 *
 * @module
 */
import * as v from 'valibot';
import { defineTool, type ContextTool } from './tool';

/** No tool of an agent may have this name. */
export const HANDOFF_TOOL = 'handoff';

/** An agent that may be handed to, as the model is told of it. */
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

/** What the model is told of a handoff that was done. */
export function handoffDone(to: string, reason: string): string {
  return `Agent ${to} is now handling the request, for this reason: ${reason}\nGo on with the current request.`;
}

/** What the model is told of a handoff that cannot be. No error: it may choose again. */
export function handoffRefused(from: string, to: string, targets: readonly HandoffTarget[]): string {
  const names = targets.map(({ name }) => name).join(', ');
  return `Agent ${from} cannot hand over to "${to}". It can hand over to: ${names}.`;
}
