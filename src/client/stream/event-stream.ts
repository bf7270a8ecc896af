/**
 * Event stream: one watcher's view of a run.
 *
 * Delivers every durable event once, in order of `seq`, over all links, from where the watcher left off. When Temporal
 * retries a link, or its database is restored from an older copy, that link's part begins again. A missing worker or
 * server only delays the stream. It ends after the run's last event, which is made here, without `seq`, for a run that
 * could not write it.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { type AnyEvent, copyJson, EventsExpired, type EventsPage, RunReset, RunStuck } from '../../protocol';
import { Rewound, isRewound } from './rewound';
import { linksBefore } from './links-before';
import type { LinkReader } from './link-reader';
import type { HeardTexts } from './live-texts';
import { type Link, patiently, readPage } from './pages';
import { isNotReady } from '../server/patience';
import { joinReader } from './shared-readers';

export interface Watching {
  /** The last `seq` that was seen. */
  readonly after: number;
  /** Whether partial replies are wanted. */
  readonly tokens: boolean;
  /** Ends it quietly. */
  readonly signal: AbortSignal;
}

/** An execution of the run, and how the stream gets there. */
interface Next {
  readonly runId: string;
  readonly how: 'begun' | 'moved' | 'reset';
}

const GONE = 'The run is no longer there: the latest of its workflow id is another.';

type Events<Result = void> = AsyncGenerator<AnyEvent, Result, void>;

export async function* eventStream(client: Client, workflowId: string, watching: Watching): Events {
  const { tokens, signal } = watching;
  let { after } = watching;

  const seen = (event: AnyEvent): AnyEvent => {
    after = event.seq ?? after;
    return event;
  };

  /** Says that events are missing, and goes on from the oldest there is. */
  const gapBefore = function* (oldest: number): Generator<AnyEvent, void, void> {
    if (oldest <= after + 1 || signal.aborted) return;
    after = oldest - 1;
    yield EventsExpired({ oldest });
  };

  /** What was last said of why a worker cannot go on with the run. */
  let toldStuck: string | undefined;
  const stuckNews = ({ stuck }: LinkReader): AnyEvent | undefined => {
    if (stuck === toldStuck) return undefined;
    toldStuck = stuck;
    return stuck === undefined ? undefined : RunStuck({ failure: stuck });
  };

  /** A link that ended and continues in another. */
  const earlier = async function* (link: Link): Events {
    for (;;) {
      const page = await heldPage(client, link, after, signal);
      if (page === undefined) return;
      yield* gapBefore(page.oldest);
      for (const event of page.events) yield seen(event);
      if (page.events.length === 0) return;
    }
  };

  const latest = async function* (reader: LinkReader): Events<Next | undefined> {
    const heard: HeardTexts = new Map();
    let isKnown = false;
    while (!signal.aborted) {
      const next = reader.upcoming(after);
      if (next.kind !== 'ahead') isKnown = false;
      if (next.kind === 'event') {
        after = next.seq;
        yield copyJson(next.event); // Others have it too.
      } else if (next.kind === 'behind') {
        // Later events may not be settled.
        const { head, first } = reader;
        const page = await reader.page(after, signal);
        const settled = page?.events.filter(({ seq = 0 }) => seq <= head);
        if (settled?.length === 0) throw reader.rewound();
        for (const event of settled ?? []) yield seen(event);
        if (settled === undefined) yield* gapBefore(first);
      } else if (next.kind === 'ahead' && !isKnown) {
        const page = await reader.page(after, signal);
        if (page !== undefined && isRewound(page, after)) throw new Rewound();
        isKnown = true;
      } else if (reader.ending === undefined) {
        const said = stuckNews(reader) ?? (tokens ? reader.nextText(after, heard) : undefined);
        if (said === undefined) await reader.changed(signal);
        else yield said;
      } else {
        const { ending } = reader;
        if (ending.kind === 'moved') return { runId: ending.next, how: 'moved' };
        const sequel = ending.kind === 'cut' ? await reader.sequel() : undefined;
        if (sequel === undefined) return undefined;
        if ('resetRunId' in sequel) return { runId: sequel.resetRunId, how: 'reset' };
        yield copyJson(sequel.event);
        return undefined;
      }
    }
    return undefined;
  };

  const follow = async function* ({ runId: id, how }: Next): Events<Next | undefined> {
    const link = { workflowId, runId: id };
    const hasMoved = how !== 'begun';
    const { reader, leave } = joinReader(client, link, hasMoved ? -1 : after, tokens);
    try {
      while (reader.start === undefined && !signal.aborted) {
        const stuck = stuckNews(reader);
        if (stuck === undefined) await reader.changed(signal);
        else yield stuck;
      }
      const { start } = reader;
      if (start === undefined) return undefined;
      // A stream of its own, of a workflow that continued as new by itself; or a repeated part of the stream, where an
      // attempt of a link failed or a reset took it back.
      if (hasMoved && start.oldest !== undefined && start.oldest <= after) {
        after = start.oldest - 1;
        if (how === 'reset') yield RunReset({ from: start.oldest });
      }
      for (const runId of await linksBefore(client, workflowId, start, after, signal)) {
        yield* earlier({ workflowId, runId });
      }
      if (start.oldest !== undefined) yield* gapBefore(start.oldest);
      return yield* latest(reader);
    } finally {
      leave();
    }
  };

  // A later run of the same id is another run.
  const run = await latestLink(client, workflowId, signal);
  for (let next: Next | undefined = run && { runId: run.runId, how: 'begun' }; next !== undefined; ) {
    const { runId }: Next = next;
    try {
      next = yield* follow(next);
    } catch (error) {
      const isAgain = error instanceof Rewound;
      if (!isAgain && !(error instanceof WorkflowNotFoundError)) throw error;
      // After a long absence the run may have moved on and its link may be deleted.
      const now = await latestLink(client, workflowId, signal);
      if (now === undefined && signal.aborted) return;
      const isGone = now?.firstRunId !== run?.firstRunId;
      if (isAgain && isGone) throw new WorkflowNotFoundError(GONE, workflowId, runId);
      if (!isAgain && (isGone || now?.runId === runId)) throw error;
      next = now && { runId: now.runId, how: isAgain || now.runId !== run?.runId ? 'moved' : 'begun' };
    }
  }
}

/** @returns `undefined` once `signal` has aborted. */
async function latestLink(
  client: Client,
  workflowId: string,
  signal: AbortSignal,
): Promise<{ readonly runId: string; readonly firstRunId: string | null | undefined } | undefined> {
  const found = await patiently(client, signal, () => client.workflow.getHandle(workflowId).describe());
  return found && { runId: found.runId, firstRunId: found.raw.workflowExecutionInfo?.firstRunId };
}

/**
 * @returns `undefined` when Temporal no longer has the link or asks no worker about it, or once `signal` has aborted.
 */
async function heldPage(
  client: Client,
  link: Link,
  after: number,
  signal: AbortSignal,
): Promise<EventsPage | undefined> {
  try {
    return await readPage(client, link, { after }, signal, () => true);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isNotReady(error)) return undefined;
    throw error;
  }
}
