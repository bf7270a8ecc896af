/**
 * Observe: what the runs are in the end, read from outside with a client and a connection of its own.
 *
 * By Temporal's own messages and not by our client's stream, which is one of the things that are judged.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { mergedTasks } from './merged-tasks';
import { taskFailures } from './task-failures';
import type { AnyEvent, EventsPage, PendingInput } from 'countersign';

export interface ObservedRun {
  readonly id: string;
  /** Temporal's, such as `COMPLETED`; `NONE` when there is no such run. */
  readonly status: string;
  /** Run ids, in order. */
  readonly links: readonly string[];
  /** Of all links. */
  readonly events: readonly AnyEvent[];
  /** Of a run that has not ended. */
  readonly pending: readonly PendingInput[];
  /** What workflow tasks failed with: Temporal's name of the cause, and the message. */
  readonly taskFailures: readonly string[];
  /** Why it cannot be asked any more: a replay goes another way than its history. */
  readonly unreadable?: string;
  /** Of such a run, as the Temporal CLI would show them: to be looked at. */
  readonly histories?: readonly object[];
  /** Tasks that the SDK replays as one with others. */
  readonly merged: number;
}

/** Runs that are read at a time. */
const AT_ONCE = 8;
/** A query that is not answered is asked again, so often. */
const TRIES = 6;

export async function observeRuns(
  server: { readonly port: number; readonly namespace: string },
  ids: readonly string[],
): Promise<readonly ObservedRun[]> {
  const connection = await Connection.connect({ address: `127.0.0.1:${server.port}` });
  const client = new Client({ connection, namespace: server.namespace });
  const observed = new Map<string, ObservedRun>();
  const rest = ids.values();
  const lane = async (): Promise<void> => {
    for (const id of rest) observed.set(id, await observeRun(client, id));
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } finally {
    await connection.close();
  }
  return ids.map((id) => observed.get(id) as ObservedRun);
}

async function observeRun(client: Client, id: string): Promise<ObservedRun> {
  const nothing = { id, links: [], events: [], pending: [], taskFailures: [], merged: 0 };
  const latest = await patiently(() => client.workflow.getHandle(id).describe()).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  });
  if (latest === undefined) return { ...nothing, status: 'NONE' };
  const links: string[] = [];
  const taskFailures: string[] = [];
  const histories: object[] = [];
  for (let runId: string | undefined = latest.runId; runId !== undefined && runId !== ''; ) {
    const link: LinkHistory = await readHistory(client, id, runId);
    links.unshift(runId);
    histories.unshift(link.json);
    taskFailures.push(...link.failures);
    runId = link.previous;
  }
  const status = latest.status.name;
  const merged = histories.flatMap(mergedTasks).length;
  const run = { id, status, links, taskFailures, merged };
  const events: AnyEvent[] = [];
  try {
    for (const runId of links) events.push(...(await readEvents(client, id, runId)));
    const handle = client.workflow.getHandle(id);
    const ask = () => handle.query<readonly PendingInput[]>('pendingInputs');
    return { ...run, events, pending: status === 'RUNNING' ? await patiently(ask) : [] };
  } catch (error) {
    return { ...run, events, pending: [], unreadable: String(error), histories };
  }
}

interface LinkHistory {
  readonly previous?: string;
  readonly failures: readonly string[];
  readonly json: object;
}

async function readHistory(client: Client, workflowId: string, runId: string): Promise<LinkHistory> {
  const history = await patiently(() => client.workflow.getHandle(workflowId, runId).fetchHistory());
  const { events } = history;
  const previous = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  const failures = taskFailures(events ?? []);
  return { ...(previous ? { previous } : {}), failures, json: JSON.parse(historyToJSON(history)) as object };
}

/** The events of one link, as it shows them. */
async function readEvents(client: Client, workflowId: string, runId: string): Promise<readonly AnyEvent[]> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const events: AnyEvent[] = [];
  for (let after = -1; ; ) {
    const page = await patiently(() => handle.query<EventsPage, [object]>('events', { after, limit: 1000 }));
    events.push(...page.events);
    if (page.events.length === 0) return events;
    after = page.next;
  }
}

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || attempt === TRIES) throw error;
      await delay(500 * attempt);
    }
  }
}
