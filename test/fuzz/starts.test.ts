import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Payload } from '@temporalio/common';
import { isAgentError } from '../../src/protocol';
import { FUZZ_SEED, FUZZ_WITHIN_MS, sampled, tried } from '../setup/fuzz';
import { says, useTemporal } from '../setup/temporal';
import { content, json, nearly, number, payloads, shown, text } from './arbitraries';
import { taskFailures } from './task-failures';

const temporal = useTemporal();
const AT_ONCE = 10;
/** What a start that cannot be used fails with, and what one with a time limit of nearly nothing ends with. */
const CODES: readonly unknown[] = ['INVALID_INPUT', 'INVALID_CONTEXT', 'INVALID_DURATION'];

const rightMessage = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'user', 'assistant'), content: text }),
  fc.record({ role: fc.constant('user'), content }),
);
const chatMessage = fc.oneof(
  { weight: 9, arbitrary: rightMessage },
  { weight: 1, arbitrary: nearly({ role: fc.constantFrom('system', 'user', 'assistant'), content: text }) },
);
const context = nearly({
  version: fc.constantFrom(1, 2, 3),
  workflow: fc.constantFrom('fuzzedAgent', 'another'),
  agent: fc.constant('fuzzedAgent'),
  messages: fc.oneof(
    { weight: 9, arbitrary: fc.array(chatMessage, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant(Array(500_000).fill({})) },
  ),
  state: fc.dictionary(text, json, { maxKeys: 2, noNullPrototype: true }),
  open: json,
  settled: fc.array(json, { maxLength: 2 }),
  early: fc.array(json, { maxLength: 2 }),
});
const start = payloads(
  fc.oneof(
    nearly({
      userMsg: fc.oneof(fc.constant('Go.'), content),
      chatHistory: fc.array(chatMessage, { maxLength: 3 }),
      maxIterations: fc.oneof(fc.integer({ min: -1, max: 9 }), number),
      earlyStoppingMethod: fc.constantFrom('force', 'generate'),
      timeout: fc.oneof({ weight: 3, arbitrary: fc.constant('1 hour') }, number, fc.constantFrom('1 ms', 'soon')),
      liveTokens: fc.boolean(),
      conversation: fc.boolean(),
    }),
    fc.record({ userMsg: fc.option(text, { nil: undefined }), context }),
    fc.record({ carried: json }),
    text,
  ),
);

test(
  `whatever a run is started with, it works or has failed at once, with a code, and is never retried (FUZZ_SEED=${FUZZ_SEED})`,
  async () => {
    temporal.model.script(() => says('Hello.'));
    const all = sampled(start, 80);
    for (let at = 0; at < all.length; at += AT_ONCE) await Promise.all(all.slice(at, at + AT_ONCE).map(claims));
  },
  FUZZ_WITHIN_MS,
);

async function claims(sent: readonly Payload[]): Promise<void> {
  const workflowId = `fuzz-${crypto.randomUUID()}`;
  await tried(shown(sent), async () => {
    await temporal.client.temporal.workflowService.signalWithStartWorkflowExecution({
      namespace: 'default',
      workflowId,
      workflowType: { name: 'fuzzedAgent' },
      taskQueue: { name: temporal.taskQueue },
      input: { payloads: [...sent] },
      // One that was started as a conversation would be there for ever.
      signalName: 'close',
      requestId: crypto.randomUUID(),
    });
    const run = temporal.client.getHandler(workflowId);
    const ended = await run.result().catch((error: unknown) => error);
    if (isAgentError(ended, 'RUN_FAILED')) expect(CODES).toContain(ended.details.cause);
    else if (!isAgentError(ended, 'RUN_TIMED_OUT')) expect(['Hello.', '']).toContain(String(ended));
    expect(await taskFailures(temporal, workflowId)).toEqual([]);
    expect((await run.status()).openInputs).toBe(0);
  });
}
