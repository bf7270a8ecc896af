/**
 * Links: a run over its continue-as-new chain, in a test.
 *
 * A server that suggests a new link early, and the links of a run as each names the one before it.
 *
 * @module
 */
import { afterAll, beforeAll } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { AnyEvent, EventsPage } from '../../src/protocol';
import { type DevServer, type DevServerOptions, startDevServer } from '../../src/testing';
import type { AgentWorkerOptions } from '../../src/worker';
import { TestTemporal } from './temporal';

export interface ShortLinksOptions {
  readonly worker?: Partial<AgentWorkerOptions>;
  readonly server?: DevServerOptions;
}

/** A Temporal for all tests of a file, whose runs go on in a new link after 60 history events: as a server does after 4,096. */
export function useShortLinks({ worker = {}, server: given = {} }: ShortLinksOptions = {}): TestTemporal {
  const temporal = new TestTemporal();
  let server: DevServer | undefined;
  beforeAll(async () => {
    server = await startDevServer({
      ui: false,
      env: { ...process.env, TEMPORAL_ADDRESS: undefined },
      ...given,
      dynamicConfig: [
        'limit.historyCount.suggestContinueAsNew=60',
        'history.workflowIdReuseMinimalInterval="10ms"',
        ...(given.dynamicConfig ?? []),
      ],
    });
    await temporal.start(worker, server.address);
  });
  afterAll(async () => {
    await temporal.stop();
    await server?.stop();
  });
  return temporal;
}

export interface Link {
  readonly runId: string;
  /** The `seq` of its first event. */
  readonly oldest: number;
  /** All that it shows. */
  readonly events: readonly AnyEvent[];
}

interface Named {
  readonly workflowId: string;
}

/** A run is deleted when all before has been acknowledged, which is every half minute otherwise. */
export const PROMPT_DELETION = [
  'history.transferProcessorUpdateAckInterval="50ms"',
  'history.visibilityProcessorUpdateAckInterval="50ms"',
  'history.timerProcessorUpdateAckInterval="50ms"',
];

/** As retention does it. Needs a server with PROMPT_DELETION. */
export async function forgetLink(
  { client }: TestTemporal,
  { workflowId }: Named,
  runId: string | undefined,
): Promise<void> {
  const { workflow, workflowService } = client.temporal;
  const workflowExecution = { workflowId, runId: runId as string };
  await workflowService.deleteWorkflowExecution({ namespace: 'default', workflowExecution });
  for (;;) {
    try {
      await workflow.getHandle(workflowId, runId).describe();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return;
      throw error;
    }
  }
}

/** As `temporal workflow reset` does it: the workflow task that ended with the history event `eventId` is done again. */
export async function resetRun(
  { client }: TestTemporal,
  { workflowId }: Named,
  eventId: number,
  { runId = '', isAnswerKept = true }: { readonly runId?: string; readonly isAnswerKept?: boolean } = {},
): Promise<void> {
  await client.temporal.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    reason: RESET_REASON,
    workflowTaskFinishEventId: eventId as never, // It takes a number too.
    requestId: crypto.randomUUID(),
    resetReapplyType: isAnswerKept ? REAPPLY_ALL : REAPPLY_NONE,
  });
}

/** With this the task that is done again has failed. */
export const RESET_REASON = 'a test resets it';

/** Temporal's numbers. */
const REAPPLY_NONE = 2;
const REAPPLY_ALL = 3;

/** The run ids of a run's links, oldest first. */
export async function linkIdsOf({ client }: TestTemporal, { workflowId }: Named): Promise<readonly string[]> {
  const { workflow } = client.temporal;
  const ids: string[] = [];
  let runId: string | undefined = (await workflow.getHandle(workflowId).describe()).runId;
  while (runId !== undefined) {
    ids.unshift(runId);
    runId = (await workflow.getHandle(workflowId, runId).query<EventsPage>('events')).previous;
  }
  return ids;
}

/** The links of a run, oldest first, each with all its events. */
export async function linksOf(temporal: TestTemporal, run: Named): Promise<readonly Link[]> {
  const ids = await linkIdsOf(temporal, run);
  return await Promise.all(ids.map(async (runId) => ({ runId, ...(await readLink(temporal, run, runId)) })));
}

async function readLink({ client }: TestTemporal, { workflowId }: Named, runId: string): Promise<Omit<Link, 'runId'>> {
  const handle = client.temporal.workflow.getHandle(workflowId, runId);
  const events: AnyEvent[] = [];
  for (;;) {
    const after = events.at(-1)?.seq ?? -1;
    const page = await handle.query<EventsPage, [object]>('events', { after });
    events.push(...page.events);
    if (page.more !== true) return { oldest: page.oldest, events };
  }
}

/** Signals that settle nothing: history, and no more. */
export async function sendNoise(run: { sendEvent(event: AnyEvent): Promise<void> }, count: number): Promise<void> {
  const noise = { type: 'HumanResponseEvent', response: 'noise', inputId: 'nobody' };
  for (let sent = 0; sent < count; sent += 100) {
    const some = Math.min(100, count - sent);
    await Promise.all(Array.from({ length: some }, async () => await run.sendEvent(noise)));
  }
}

/** From 0, without a gap, each once. */
export function isWhole(events: readonly AnyEvent[]): boolean {
  const ids = new Set(events.map(({ id }) => id));
  return ids.size === events.length && events.every(({ seq }, nth) => seq === nth);
}
