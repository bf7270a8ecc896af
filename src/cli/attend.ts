/**
 * Attend: stays with a run to its end, printing events, asking its questions and reporting trouble.
 *
 * @module
 */
import type { WorkflowHandler } from '../client';
import { AgentStream, InputRequiredEvent, StopEvent } from '../protocol';
import { eventLine } from './event-line';
import { Interview } from './interview';
import type { Lifetime } from './lifetime';
import type { LocalStack } from './local-stack';
import type { Terminal } from './terminal';
import { watchForTrouble } from './trouble';

export interface AttendOptions {
  readonly handler: WorkflowHandler;
  readonly stack: LocalStack;
  readonly terminal: Terminal;
  readonly taskQueue: string;
  /** The answer to every question, instead of typing. */
  readonly answer?: string;
}

/** @throws Error when the run cannot go on, with the reason. A failed run is no error here: its result says so. */
export async function attend(options: AttendOptions, lifetime: Lifetime): Promise<void> {
  const { handler, stack, terminal, taskQueue, answer } = options;
  const { workflowId } = handler;
  const { address, namespace, client } = stack.temporal;
  const interview = new Interview({
    handler,
    place: { workflowId, namespace, address },
    terminal,
    ...(answer === undefined ? {} : { answer }),
  });
  const end = new AbortController();
  const { signal } = end;
  lifetime.closing(() => end.abort());
  try {
    await Promise.race([
      follow(handler, interview, terminal, signal),
      interview.failed,
      stack.workerStopped,
      watchForTrouble({
        client: client.temporal,
        workflowId,
        address,
        taskQueue,
        modelUrl: stack.model.url,
        onIdle: () => void interview.look(),
        signal,
      }),
    ]);
  } finally {
    end.abort();
  }
}

/** Prints the stream to its end. */
async function follow(
  handler: WorkflowHandler,
  interview: Interview,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  terminal.busy('The agent works');
  for await (const event of handler.streamEvents({ signal, tokens: terminal.isLive })) {
    if (AgentStream.is(event)) {
      if (!interview.isAsking) terminal.saying(event.response);
      continue;
    }
    if (interview.isAsking) await interview.look(); // Somebody else's answer is told before what came of it.
    terminal.line(eventLine(event, terminal.columns, terminal.paint));
    if (StopEvent.is(event)) break;
    interview.heard(event);
    if (InputRequiredEvent.is(event)) await interview.look();
    if (!interview.isAsking) terminal.busy('The agent works');
  }
  interview.close();
  terminal.idle();
}
