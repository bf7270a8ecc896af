import { expect, test } from '@jest/globals';
import type { WorkflowHandler } from '../../../src/client';
import type { EventsPage } from '../../../src/protocol';
import { linksOf, resetRun, useShortLinks } from '../../setup/links';
import { eventsReplayed, reset } from '../../setup/reset';
import { eventOf, says } from '../../setup/temporal';

const temporal = useShortLinks();

test('a conversation, reset in its last link, has the same messages in the same order at every worker', async () => {
  const run = await temporal.run('toolAgent', ({ messages }) => says(`to ${String(messages.at(-1)?.content)}`), {
    userMsg: 'm0',
    conversation: true,
  });
  const handle = temporal.client.temporal.workflow.getHandle(run.workflowId);
  const texts = Array.from({ length: 12 }, (_, nth) => `m${nth + 1}`);
  for (const text of texts) {
    if (Number(text.slice(1)) % 3 === 0) await handle.signal('sendMessage', { text });
    else await run.sendMessage(text);
  }
  await run.close();
  expect(String(await run.result())).toBe('to m12');
  for (const before of [20, 4]) {
    await reset(temporal, run, before);
    expect(String(await temporal.client.getHandler(run.workflowId).result())).toBe('to m12');
    await eventsReplayed(temporal, run);
    const links = await linksOf(temporal, run);
    expect(links.length).toBeGreaterThan(1);
    const said = links.flatMap(({ events }) =>
      events.flatMap((event) => (event.type === 'UserMessage' ? [event['text']] : [])),
    );
    expect(said).toEqual(texts);
  }
}, 90_000);

test('answers to questions of later links are dropped by a reset of the first one, and it says so', async () => {
  const run = await temporal.client.run('relay', 1, { taskQueue: temporal.taskQueue });
  const { workflow } = temporal.client.temporal;
  const { runId } = await workflow.getHandle(run.workflowId).describe();
  const answers: string[] = [];
  for (const lap of [1, 0]) answers.push(await answer(temporal.client.getHandler(run.workflowId), lap));
  expect(await run.result()).toBe('home');
  await resetRun(temporal, run, 4, { runId });
  const asked = await eventOf(temporal.client.getHandler(run.workflowId), ({ prefix }) => prefix === 'lap 0? ');
  expect(answers).not.toContain(asked.inputId);
  const { resetRunId } = (await workflow.getHandle(run.workflowId, runId).describe()).raw.workflowExtendedInfo ?? {};
  const { events } = await workflow.getHandle(run.workflowId, resetRunId as string).query<EventsPage>('events');
  const refused = events.filter(({ type }) => type === 'AnswerRefused');
  expect(refused).toMatchObject([{ reason: 'not_waiting', inputId: answers[1] }]);
  await answer(temporal.client.getHandler(run.workflowId), 0);
}, 60_000);

async function answer(run: WorkflowHandler, lap: number): Promise<string> {
  const { inputId = '' } = await eventOf(run, ({ prefix }) => prefix === `lap ${lap}? `);
  await run.respond(inputId, { response: 'yes' });
  return inputId;
}
