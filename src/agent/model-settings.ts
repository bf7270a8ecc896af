/**
 * Model settings: how a model is asked to answer.
 *
 * An agent's are read from its definition where the model is asked, and never travel through history.
 *
 * @module
 */
import { AgentError, checkOptions, KINDS, takeJson, withoutUndefined } from '../protocol';
import type { JsonObject, OptionKind, OptionTable } from '../protocol';

/** An omitted setting is the provider's to choose. A refused one fails the call, in the provider's words. */
export interface ModelSettings {
  /** 0 or more; the maximum is the provider's. */
  readonly temperature?: number;
  /** 0 to 1. */
  readonly topP?: number;
  /** Maximum tokens of a reply, including reasoning. An agent's does not limit summaries or structured outcomes. */
  readonly maxTokens?: number;
  /** How much the model thinks first: `low`, `medium`, `high`, or another value that its provider knows. */
  readonly reasoningEffort?: string;
  /** Asks for reproducible replies, where the provider can. */
  readonly seed?: number;
  /**
   * Further fields of the request's body, as the provider spells them, except those that a run writes itself. An
   * agent's `grammar` and the like do not apply to summaries or structured outcomes.
   */
  readonly extraBody?: JsonObject;
}

const number = (noun: string, fits: (value: number) => boolean): OptionKind => ({
  noun,
  fits: (value) => typeof value === 'number' && Number.isFinite(value) && fits(value),
});

const SETTINGS: OptionTable<ModelSettings> = {
  temperature: number('a number of 0 or more', (value) => value >= 0),
  topP: number('a number from 0 to 1', (value) => value >= 0 && value <= 1),
  maxTokens: number('an integer of 1 or more', (value) => Number.isSafeInteger(value) && value >= 1),
  reasoningEffort: {
    noun: 'a text such as "low" or "high"',
    fits: (value) => typeof value === 'string' && value.trim() !== '',
  },
  seed: number('an integer', Number.isSafeInteger),
  extraBody: KINDS.object,
};

/** Fields that `extraBody` cannot set, with the alternative. In lower case, because some servers ignore case. */
const OURS: Readonly<Record<string, string>> = {
  model: 'name the model in createWorker({models})',
  ...fields(
    'the conversation is written by the run',
    'messages input instructions prompt previous_response_id conversation',
  ),
  ...fields('use the streaming of the agent', 'stream stream_options background'),
  ...fields('use the tools of the agent', 'tools functions'),
  ...fields('use the initialToolChoice of the agent', 'tool_choice function_call'),
  parallel_tool_calls: 'use the allowParallelToolCalls of the agent',
  response_format: 'use the output of the workflow',
  n: 'one reply is read',
  temperature: 'use temperature',
  top_p: 'use topP',
  ...fields('use maxTokens', 'max_tokens max_completion_tokens max_output_tokens'),
  reasoning_effort: 'use reasoningEffort',
  ...fields('use seed', 'seed random_seed'),
};

function fields(instead: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, instead]));
}

/**
 * @param of Their owner, as in "the modelSettings of agent "clerk"".
 * @throws AgentError `INVALID_OPTION`.
 */
export function readModelSettings(of: string, given: unknown): ModelSettings {
  checkOptions(of, given, SETTINGS);
  const { extraBody, ...settings } = withoutUndefined(given);
  if (extraBody === undefined) return settings;
  const fail = (problem: string): never => {
    throw new AgentError('INVALID_OPTION', `The extraBody of ${of} ${problem}.`, { of, option: 'extraBody' });
  };
  const taken = takeJson(extraBody);
  if ('problem' in taken) return fail(`is not JSON: ${taken.problem}`);
  for (const name of Object.keys(taken.value)) {
    const instead = Object.hasOwn(OURS, name.toLowerCase()) ? OURS[name.toLowerCase()] : undefined;
    if (instead !== undefined) fail(`cannot set ${name}: ${instead}`);
  }
  return { ...settings, extraBody: taken.value };
}
