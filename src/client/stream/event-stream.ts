/**
 * Event stream: one watcher's view of a run.
 *
 * Every durable event once, in order of `seq`, from wherever the watcher left off, over all links of the
 * run; where Temporal tries a link again, or its database was put back to an older copy, that link's part of the stream
 * begins again. A missing worker or server only delays it. It ends after the run's last event; for a run that could
 * not write one (terminated, or timed out by Temporal) that event is made here, without `seq`.
 *
 * @module
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { type AnyEvent, copyJson, EventsExpired, type EventsPage, RunReset, RunStuck } from '../../protocol';
import { Forgotten, isForgotten } from './forgotten';
import { linksBefore } from './links-before';
import type { LinkReader } from './link-reader';
import type { HeardTexts } from './live-texts';
import { type Link, patiently, readPage } from './pages';
import { isNotReady } from '../server/patience';
import { joinReader } from './shared-readers';

export interface Watching {
  /** The last `seq` that was seen. */
  readonly after: number;
  /** Whether what models say is wanted before their replies are there. */
  readonly tokens: boolean;
  /** Ends it, quietly. */
  readonly signal: AbortSignal;
}

/** An execution of the run, and how its stream comes there. */
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

  /** Go on from the oldest event that there is. */
  const reach = function* (oldest: number): Generator<AnyEvent, void, void> {
    if (oldest <= after + 1 || signal.aborted) return;
    after = oldest - 1;
    yield EventsExpired({ oldest });
  };

  /** Why a worker cannot go on with the run, as it was last said. */
  let toldStuck: string | undefined;
  const stuckNews = ({ stuck }: LinkReader): AnyEvent | undefined => {
    if (stuck === toldStuck) return undefined;
    toldStuck = stuck;
    return stuck === undefined ? undefined : RunStuck({ failure: stuck });
  };

  /** A link that has ended, and goes on in another. */
  const earlier = async function* (link: Link): Events {
    for (;;) {
      const page = await heldPage(client, link, after, signal);
      if (page === undefined) return;
      yield* reach(page.oldest);
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
        // What is beyond may not be settled.
        const { head, first } = reader;
        const page = await reader.page(after, signal);
        const settled = page?.events.filter(({ seq = 0 }) => seq <= head);
        if (settled?.length === 0) throw reader.forget();
        for (const event of settled ?? []) yield seen(event);
        if (settled === undefined) yield* reach(first);
      } else if (next.kind === 'ahead' && !isKnown) {
        const page = await reader.page(after, signal);
        if (page !== undefined && isForgotten(page, after)) throw new Forgotten();
        isKnown = true;
      } else if (reader.ending === undefined) {
        const said = stuckNews(reader) ?? (tokens ? reader.said(after, heard) : undefined);
        if (said === undefined) await reader.news(signal);
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
        if (stuck === undefined) await reader.news(signal);
        else yield stuck;
      }
      const { start } = reader;
      if (start === undefined) return undefined;
      // A stream of its own, of a workflow that continued as new by itself; or the same part of the stream again, where an
      // attempt of a link has failed, or a reset has taken it back, and what was seen of it does not stand.
      if (hasMoved && start.oldest !== undefined && start.oldest <= after) {
        after = start.oldest - 1;
        if (how === 'reset') yield RunReset({ from: start.oldest });
      }
      for (const runId of await linksBefore(client, workflowId, start, after, signal)) {
        yield* earlier({ workflowId, runId });
      }
      if (start.oldest !== undefined) yield* reach(start.oldest);
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
      const isAgain = error instanceof Forgotten;
      if (!isAgain && !(error instanceof WorkflowNotFoundError)) throw error;
      // A watcher that was away for long may find that the run has gone on, and that its link is no longer kept.
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

/** @returns `undefined` when Temporal no longer keeps the link or asks no worker about it, or once `signal` has aborted. */
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
