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
export const CONVERSATION_RUN: Readonly<Record<Kind, string>> = { ours: 'chatAgent', bare: 'bareConversation' };

export const USER_MESSAGE = 'I want to proceed with the dangerous task.';
export const ANSWER = { response: 'yes', user_name: 'Laurie' } as const;
/** What the model says when the task is done: the response of every run that was answered. */
export const RESPONSE = 'The dangerous task has been completed successfully.';

export const KILOBYTE = 'The quick brown fox jumps over the lazy dog, again and again. '.repeat(17).slice(0, 1024);

/** Steps of the long run: each a reply of 1 KB that calls a tool, whose result is 1 KB. */
export const STEPS = 100;
export const STEPS_MODEL = 'steps';

/** Turns of the conversation: a message of 256 bytes and a reply as long, of which the model is told the last few. */
export const CHAT_MODEL = 'chat';
export const CHAT_TEXT = KILOBYTE.slice(0, 256);
/** Tokens as our memory estimates them: a token for 4 bytes, and 4 for a message. */
export const CHAT_TOKENS = 1000;
export const CHAT_MESSAGES = Math.floor(CHAT_TOKENS / (CHAT_TEXT.length / 4 + 4));
