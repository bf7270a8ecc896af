import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import OpenAI from 'openai';
import type { WorkflowHandler } from '../../src/client';
import { type AnyEvent, InputRequiredEvent, isAgentError } from '../../src/protocol';
import type { ModelMessage } from '../../src/testing';
import { FUZZ_SEED, FUZZ_WITHIN_MS, sampled, tried } from '../setup/fuzz';
import { TestTemporal } from '../setup/temporal';
import { reply } from './model-replies';
import { startRawModel, type RawModel, type RawReply } from './raw-model';
import { taskFailures } from './task-failures';

const temporal = new TestTemporal();
let model: RawModel;
beforeAll(async () => {
  model = await startRawModel();
  await temporal.start({ openai: new OpenAI({ apiKey: 'raw', baseURL: model.url }) });
});
afterAll(async () => {
  await temporal.stop();
  await model?.close();
});

/** Runs at the same time: most of a run that fails is waiting for the second attempt of a model call. */
const AT_ONCE = 30;
const CODES: readonly unknown[] = [
  'MAX_ITERATIONS',
  'MODEL_CONTEXT_TOO_LONG',
  'MODEL_QUOTA_EXHAUSTED',
  'MODEL_REJECTED',
  'MODEL_UNAUTHORIZED',
  'MODEL_UNAVAILABLE',
];

test(
  `whatever a model replies, the run ends with a response or a code, and every call has its tool message (FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    const all = sampled(fc.array(reply, { minLength: 1, maxLength: 3 }), 60);
    for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(claims));
  },
  FUZZ_WITHIN_MS,
);

async function claims(replies: readonly RawReply[]): Promise<void> {
  const shown = replies.map(({ status, chunks }) => `${status} ${chunks.map((chunk) => chunk.slice(0, 500)).join('')}`);
  await tried(shown.join('\n'), async () => await play(replies));
}

async function play(replies: readonly RawReply[]): Promise<void> {
  const name = crypto.randomUUID();
  model.replies.set(name, replies);
  const run = await temporal.client.run('hastyAgent', name, { taskQueue: temporal.taskQueue });
  const events = await answered(run);
  const ended = await run.result().catch((error: unknown) => error);
  if (isAgentError(ended, 'RUN_FAILED')) expect(CODES).toContain(ended.details.cause);
  else expect(ended).toMatchObject({ response: expect.any(String) });
  expect(await taskFailures(temporal, run.workflowId)).toEqual([]);
  expect(events.at(-1)?.type).toMatch(/^StopEvent/);

  const made = events.filter(({ type }) => type === 'ToolCall');
  const results = events.filter(({ type }) => type === 'ToolCallResult');
  expect(results.map(({ toolId }) => toolId).sort()).toEqual(made.map(({ toolId }) => toolId).sort());
  const told = model.requests(name);
  // A call may be made again for 1.5 s.
  expect(told.length).toBeLessThanOrEqual(replies.length * 3 + 6);
  for (const { messages } of told) expectAnswered(messages);
}

/** Says yes to whatever is asked. @returns The stream, to its end. */
async function answered(run: WorkflowHandler): Promise<readonly AnyEvent[]> {
  const events: AnyEvent[] = [];
  for await (const event of run.streamEvents({ tokens: false })) {
    events.push(event);
    if (InputRequiredEvent.is(event)) await run.respond(event, { response: 'yes', approved: true });
  }
  return events;
}

/** Every tool call of a conversation is followed by exactly one tool message, before anything else. */
function expectAnswered(messages: readonly ModelMessage[]): void {
  const waiting = new Set<unknown>();
  for (const message of messages) {
    if (message.role === 'tool') expect(waiting.delete(message.tool_call_id)).toBe(true);
    else expect([...waiting]).toEqual([]);
    const ids = (message.tool_calls ?? []).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) waiting.add(id);
    expect(message.role === 'assistant' || ids.length === 0).toBe(true);
  }
  expect([...waiting]).toEqual([]);
}
