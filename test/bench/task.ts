/**
 * Task: what both sides of every measurement do, so that only the workflow differs.
 *
 * Plain values, for the sandbox as well: no import may be added here.
 *
 * @module
 */

/** `ours` is an AgentWorkflow; `bare` is the least that a hand-written Temporal workflow can do for the same result. */
export const KINDS = ['ours', 'bare'] as const;
export type Kind = (typeof KINDS)[number];

/** Workflow types, by measurement. */
export const QUESTION_RUN: Readonly<Record<Kind, string>> = { ours: 'dangerousAgent', bare: 'bareQuestion' };
export const STEPS_RUN: Readonly<Record<Kind, string>> = { ours: 'stepsAgent', bare: 'bareSteps' };

export const USER_MESSAGE = 'I want to proceed with the dangerous task.';
export const ANSWER = { response: 'yes', user_name: 'Laurie' } as const;

/** Steps of the long run: each a reply of 1 KB that calls a tool, whose result is 1 KB. */
export const STEPS = 100;
export const STEPS_MODEL = 'steps';
export const KILOBYTE = 'The quick brown fox jumps over the lazy dog, again and again. '.repeat(17).slice(0, 1024);
