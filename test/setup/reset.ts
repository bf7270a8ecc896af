/**
 * Reset: Temporal's own, as its CLI does it, and a run as a worker that has just started sees it.
 *
 * @module
 */
import type { AnyEvent } from '../../src/protocol';
import { resetRun } from './links';
import type { TestTemporal } from './temporal';

interface Named {
  readonly workflowId: string;
}

/** The events of the workflow's last run, as names of what they hold. */
export async function historyOf({ client }: TestTemporal, { workflowId }: Named): Promise<readonly string[]> {
  const { events } = await client.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).map((event) => Object.keys(event).find((name) => name.endsWith('EventAttributes')) ?? '');
}

/**
 * Resets a run to the workflow task whose end is the last before the history event `before`: that task is done again.
 *
 * @param before From 0. Default: the end of its history.
 */
export async function reset(temporal: TestTemporal, { workflowId }: Named, before = Infinity): Promise<void> {
  const names = await historyOf(temporal, { workflowId });
  const ends = names.flatMap((name, nth) =>
    /^workflowTask(Completed|Failed)/.test(name) && nth < before ? [nth] : [],
  );
  // Numbered from 1.
  await resetRun(temporal, { workflowId }, (ends.at(-1) ?? 0) + 1);
}

/** The stream of its last run, as far as its worker has it now. */
export async function eventsNow({ client }: TestTemporal, { workflowId }: Named): Promise<readonly AnyEvent[]> {
  const run = client.getHandler(workflowId);
  const { events: count } = await run.status();
  const events: AnyEvent[] = [];
  for await (const event of run.streamEvents({ tokens: false })) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

/** What a worker that has just started makes of the run's history. */
export async function eventsReplayed(temporal: TestTemporal, run: Named): Promise<readonly AnyEvent[]> {
  await temporal.stopWorker();
  await temporal.startWorker();
  return await eventsNow(temporal, run);
}
