/**
 * Outcome: what a scenario came to, read when it is over.
 *
 * Nothing of it is what somebody saw on the way: each run's stream is read whole, once more.
 *
 * @module
 */
import { AnswerRefused, type AnyEvent } from 'countersign';
import { isAgentError, type WorkflowHandler } from 'countersign/client';
import { askWorker } from './ask-worker';
import { countEffects } from './effects';
import { publicEvent } from './public-event';
import type { Fields } from './scenario';
import type { ModelRequest, Stage } from './stage';

export interface Outcome {
  readonly stream: readonly Fields[];
  readonly effects: Readonly<Record<string, number>>;
  /** One per run that has ended, or could not even start. */
  readonly results: readonly Fields[];
  readonly refusals: readonly string[];
  readonly parked: boolean;
  readonly modelCalls: readonly ModelCall[];
  /** Whether the sender of the last event got an error. */
  readonly sendError: boolean;
  /** What must hold of any run and does not. */
  readonly problems: readonly string[];
}

export interface ModelCall {
  readonly roles: readonly string[];
  readonly tools: readonly string[];
  readonly toolResults: readonly string[];
}

/**
 * @param runs Workflow ids in order; null: a run that could not be started.
 * @param sends Each event that was sent, in order: the error its sender got, if any.
 */
export async function readOutcome(
  stage: Stage,
  name: string,
  runs: readonly (string | null)[],
  sends: readonly (string | undefined)[],
): Promise<Outcome> {
  const ended: Fields[] = [];
  const events: AnyEvent[] = [];
  const problems: string[] = [];
  let parked = false;
  for (const workflowId of runs) {
    parked = false;
    if (workflowId === null) {
      ended.push({ error: true });
      continue;
    }
    const handler = stage.client.getHandler(workflowId);
    const { status } = await stage.client.temporal.workflow.getHandle(workflowId).describe();
    parked = status.name === 'RUNNING';
    const { events: upTo } = parked ? await askWorker(stage.client, () => handler.status()) : ENDLESS;
    const stream = await wholeStream(handler, upTo);
    problems.push(...numberProblems(stream));
    events.push(...stream);
    if (!parked) ended.push(await resultOf(handler));
  }
  return {
    stream: events.map(publicEvent).filter((event) => event !== undefined),
    effects: countEffects(stage.effectsFolder, name),
    results: ended,
    refusals: events.filter((event) => AnswerRefused.is(event)).map(({ reason }) => reason),
    parked,
    modelCalls: stage.model.requestsOf(name).map(modelCall),
    sendError: sends.at(-1) !== undefined,
    problems,
  };
}

const ENDLESS = { events: Number.POSITIVE_INFINITY };

async function wholeStream(handler: WorkflowHandler, upTo: number): Promise<readonly AnyEvent[]> {
  const events: AnyEvent[] = [];
  if (upTo === 0) return events;
  for await (const event of handler.streamEvents({ tokens: false })) {
    events.push(event);
    if (events.length >= upTo) break;
  }
  return events;
}

/** A run's events are numbered from 0 without gaps. An end that the client had to add has no number. */
function numberProblems(events: readonly AnyEvent[]): readonly string[] {
  const numbers = events.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
  return numbers.every((seq, nth) => seq === nth) ? [] : [`The events of a run are numbered ${numbers.join(', ')}.`];
}

async function resultOf(handler: WorkflowHandler): Promise<Fields> {
  try {
    return { text: (await handler.result()).response };
  } catch (error) {
    if (isAgentError(error)) return { error: true, code: error.code, message: error.message };
    throw error;
  }
}

function modelCall({ messages, tools = [] }: ModelRequest): ModelCall {
  return {
    roles: messages.map(({ role }) => role),
    tools: tools.map((tool) => tool.function.name),
    toolResults: messages.filter(({ role }) => role === 'tool').map(({ content }) => textOf(content)),
  };
}

/** A text, or a list of parts with texts. */
function textOf(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === 'string' ? content : '';
  return content.map((part: { readonly text?: string }) => part.text ?? '').join('');
}
