import { beforeAll, expect, test } from '@jest/globals';
import { AgentClient, type WorkflowHandler } from '../../src/client';
import { retriesThatMayBeClosed } from '../../src/client/server/closed-channel';
import type { AnyEvent } from '../../src/protocol';
import { useTemporal } from '../setup/temporal';

const temporal = useTemporal();
const LINKS = 3;
const ENTRIES = 30;

/** A watcher's client, which says of every request that it is about to be sent, tries again included. */
class Leaving {
  client!: AgentClient;
  requests = 0;
  onRequest: (nth: number) => void = () => undefined;

  static async connect(): Promise<Leaving> {
    const leaving = new Leaving();
    leaving.client = await AgentClient.connect({
      address: temporal.address,
      interceptors: [
        ...retriesThatMayBeClosed(),
        (options, nextCall) => {
          leaving.requests += 1;
          leaving.onRequest(leaving.requests);
          return nextCall(options) as never;
        },
      ],
    });
    leaving.requests = 0;
    return leaving;
  }
}

let workflowId: string;
/** How many requests a watcher makes that does not leave. */
let requests: number;

beforeAll(async () => {
  const run = await temporal.client.run(
    'ledger',
    { links: LINKS, entries: ENTRIES },
    { taskQueue: temporal.taskQueue },
  );
  await run.result();
  ({ workflowId } = run);
  const whole = await Leaving.connect();
  expect(await collected(whole.client.getHandler(workflowId))).toHaveLength(LINKS * ENTRIES + 1);
  ({ requests } = whole);
  await whole.client.close();
});

async function collected(run: WorkflowHandler, signal?: AbortSignal): Promise<readonly AnyEvent[]> {
  const events: AnyEvent[] = [];
  for await (const event of run.streamEvents({ signal, tokens: false })) events.push(event);
  return events;
}

/** What was seen is the beginning of the stream: nothing is said to be gone. */
function expectBeginning(events: readonly AnyEvent[]): void {
  expect(events.map(({ type }) => type)).not.toContain('EventsExpired');
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_event, nth) => nth));
  expect(events.length).toBeLessThanOrEqual(LINKS * ENTRIES + 1);
}

/** Leave at each of the requests of the way through the links, one watcher after the other. */
async function leaveAtEach(leave: (nth: number) => Promise<void>): Promise<void> {
  expect(requests).toBeGreaterThan(2 * LINKS);
  for (let nth = 1; nth <= requests; nth += 1) await leave(nth);
}

test('a watcher whose signal aborts anywhere on its way through the links is told of no lost events', async () => {
  const leaving = await Leaving.connect();
  await leaveAtEach(async (nth) => {
    leaving.requests = 0;
    const abort = new AbortController();
    leaving.onRequest = (request) => {
      if (request === nth) abort.abort();
    };
    expectBeginning(await collected(leaving.client.getHandler(workflowId), abort.signal));
  });
  await leaving.client.close();
});

test('nor is one that leaves its loop, while it waits for the next event or between two', async () => {
  const leaving = await Leaving.connect();
  await leaveAtEach(async (nth) => {
    leaving.requests = 0;
    const stream = leaving.client.getHandler(workflowId).streamEvents({ tokens: false });
    leaving.onRequest = (request) => {
      if (request === nth) void stream.return?.();
    };
    const events: AnyEvent[] = [];
    for await (const event of stream) events.push(event);
    expectBeginning(events);
  });
  await leaving.client.close();
});

test('nor is one whose client is closed, and it ends by itself', async () => {
  await leaveAtEach(async (nth) => {
    const leaving = await Leaving.connect();
    leaving.onRequest = (request) => {
      if (request === nth) void leaving.client.close();
    };
    expectBeginning(await collected(leaving.client.getHandler(workflowId)));
  });
});
