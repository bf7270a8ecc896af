import { describe, expect, test } from '@jest/globals';
import { HumanResponseEvent, InputRequiredEvent } from '../../../src/protocol';
import type { WorkflowHandler } from '../../../src/client';
import { digestOfQuestion } from '../../../src/workflows/questions/question-id';
import { calls, eventOf, eventOfType, says, useTemporal } from '../../setup/temporal';
import type { Asker } from '../../../src/workflows/questions/question';

describe('what the digest of a question covers', () => {
  const asker: Asker = { callId: '1.0', agents: ['a'], toolName: 'pay', toolId: 'call_1', args: { amount: 10 } };
  const event = { ...InputRequiredEvent({ prefix: 'Pay 10?' }), account: 'A' };
  const digest = digestOfQuestion(asker, { event });
  const wait = { definition: HumanResponseEvent, requirements: { user_name: 'Laurie' } };

  test.each([
    ['the text', asker, { event: { ...event, prefix: 'Pay 10000?' } }],
    ['another field', asker, { event: { ...event, account: 'B' } }],
    ['its type', asker, { event: { ...event, type: 'InputRequiredEvent/Payment' } }],
    ['the tool', { ...asker, toolName: 'refund' }, { event }],
    ['the arguments', { ...asker, args: { amount: 10_000 } }, { event }],
    ['the agents', { ...asker, agents: ['b'] }, { event }],
    ['the calls around it', { ...asker, origin: 'x' }, { event }],
    ['a wait in place of the event', asker, { expectation: wait }],
  ])('%s', (_what, who, asked) => {
    expect(digestOfQuestion(who, asked)).not.toBe(digest);
  });

  test('a wait without an event: its type, requirements and waiterId', () => {
    const digests = [
      wait,
      { ...wait, requirements: { user_name: 'Bo' } },
      { ...wait, waiterId: 'w' },
      { ...wait, definition: HumanResponseEvent.extend('Other') },
    ].map((expectation) => digestOfQuestion(asker, { expectation }));
    expect(new Set(digests).size).toBe(4);
  });

  test('neither the stamps of the event nor the model’s id of the call', () => {
    const stamped = { ...event, seq: 3, id: 'x:3', time: '2026-01-01T00:00:00.000Z', inputId: 'old' };
    expect(digestOfQuestion({ ...asker, toolId: 'call_2' }, { event: stamped })).toBe(digest);
  });
});

describe('after a reset', () => {
  const temporal = useTemporal();

  /** Put a run back to where the task ended that its `nth` completed workflow task is. */
  async function reset({ workflowId }: WorkflowHandler, nth: number): Promise<void> {
    const { workflow, workflowService } = temporal.client.temporal;
    const { events } = await workflow.getHandle(workflowId).fetchHistory();
    const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes != null);
    await workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId },
      workflowTaskFinishEventId: tasks.at(nth)?.eventId ?? null,
      requestId: crypto.randomUUID(),
      reason: 'test',
    });
  }

  const asks = (text: string) => calls(['confirm', { question: text }]);
  const former = (inputId: unknown): string => String(inputId).split('-').slice(0, 2).join('-');

  test('another question has another id, and an answer to the one before is refused', async () => {
    const run = await temporal.run('toolAgent', [asks('refund 10?'), asks('refund 10000?'), says('Done.')]);
    const { inputId } = await eventOfType(run, 'InputRequiredEvent');
    await reset(run, 0);
    const again = await eventOf(temporal.client.getHandler(run.workflowId), ({ prefix }) => prefix === 'refund 10000?');
    expect(again.inputId).not.toBe(inputId);
    const latest = temporal.client.getHandler(run.workflowId);
    for (const stale of [inputId as string, former(inputId)]) {
      await expect(latest.respond(stale, 'yes')).rejects.toMatchObject({
        message: expect.stringContaining('has changed'),
        details: { reason: 'not_waiting', open: [again.inputId] },
      });
    }
    await latest.respond(again, 'no');
    expect(String(await latest.result())).toBe('Done.');
  });

  test('the same question keeps its id; an answer without the digest, as of before, counts up to the reset', async () => {
    const run = await temporal.run('toolAgent', [calls(['twice']), says('Done.')]);
    const { inputId: name } = await eventOfType(run, 'InputRequiredEvent');
    expect(await run.respond(former(name), 'Ann')).toMatchObject({ inputId: name });
    const { inputId: age } = await eventOf(run, ({ prefix }) => prefix === 'age? ');
    await run.sendEvent({ type: 'HumanResponseEvent', response: 'x', inputId: 'none' });
    await eventOfType(run, 'AnswerRefused');
    await reset(run, -1);

    const latest = temporal.client.getHandler(run.workflowId);
    const again = await eventOf(latest, ({ prefix }) => prefix === 'age? ');
    expect(again.inputId).toBe(age);
    await expect(latest.respond(former(age), '1')).rejects.toMatchObject({ details: { reason: 'not_waiting' } });
    await temporal.stopWorker();
    await temporal.startWorker(); // Replays all of it.
    await latest.respond(age as string, '42');
    const { toolOutput } = await eventOfType(latest, 'ToolCallResult');
    expect(toolOutput).toBe('Ann is 42');
    await latest.result();
  });
});
