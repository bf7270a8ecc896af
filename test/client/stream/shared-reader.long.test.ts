import { expect, test } from '@jest/globals';
import { CountedClient } from '../../setup/counted-client';
import { calls, eventOfType, says, useTemporal } from '../../setup/temporal';
import { watch } from '../../setup/watch';

const temporal = useTemporal();
const POLL = 'GetWorkflowExecutionHistory';

/** From one long poll to the next, after all is read: what was asked, and how long it took. */
async function fromPollToPoll(
  counted: CountedClient,
): Promise<{ readonly methods: readonly string[]; readonly ms: number }> {
  const next = async (): Promise<number> => {
    const polls = counted.count(POLL);
    await counted.when(() => counted.count(POLL) > polls);
    return counted.sent.length - 1;
  };
  const [from, upTo] = [await next(), await next()];
  const asked = counted.sent.slice(from + 1, upTo + 1);
  return { methods: asked.map(({ method }) => method), ms: (asked.at(-1)?.at ?? 0) - (counted.sent[from]?.at ?? 0) };
}

test('a parked run with a hundred watchers, and a conversation after a failed turn, cost a request in 15 s or more', async () => {
  const [forRun, forTalk] = await Promise.all([CountedClient.connect(), CountedClient.connect()]);
  const talk = await temporal.run('toolAgent', [{ status: 401 }], { userMsg: 'Hello?', conversation: true });
  const listener = watch(forTalk.client.getHandler(talk.workflowId), 'TurnEnded');
  await listener.saw;
  const run = await temporal.run('dangerousAgent', [calls(['dangerous_task']), says('All done.')]);
  const watchers = Array.from({ length: 100 }, () =>
    watch(forRun.client.getHandler(run.workflowId), 'InputRequiredEvent'),
  );
  await Promise.all(watchers.map(({ saw }) => saw));

  for (const { methods, ms } of await Promise.all([fromPollToPoll(forRun), fromPollToPoll(forTalk)])) {
    expect(methods).toEqual([POLL]);
    expect(ms).toBeGreaterThanOrEqual(15_000);
  }

  const before = forRun.sent.length;
  await run.respond(await eventOfType(run, 'InputRequiredEvent'), { response: 'yes', user_name: 'Laurie' });
  await Promise.all(watchers.map(({ end }) => end));
  const durable = watchers.map(({ seen }) => seen.filter(({ seq }) => seq !== undefined));
  for (const seen of durable) expect(seen.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(forRun.sent.slice(before).filter(({ method }) => method === 'QueryWorkflow').length).toBeLessThan(20);
  await talk.close();
  await listener.end;
  await Promise.all([forRun.client.close(), forTalk.client.close()]);
}, 90_000);
