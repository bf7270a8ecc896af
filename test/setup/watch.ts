/**
 * Watch: a watcher of a run, in a test.
 *
 * @module
 */
import type { WorkflowHandler } from '../../src/client';
import type { AnyEvent } from '../../src/protocol';

/** A watcher that goes on, and says when it has seen an event of a type. */
export function watch(
  run: WorkflowHandler,
  type: string,
): { readonly seen: AnyEvent[]; readonly saw: Promise<void>; readonly end: Promise<void>; leave(): Promise<void> } {
  const seen: AnyEvent[] = [];
  const events = run.streamEvents();
  let tell: () => void = () => undefined;
  const saw = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const end = (async () => {
    for await (const event of events) {
      seen.push(event);
      if (event.type === type) tell();
    }
  })();
  end.catch(() => undefined);
  return { seen, saw, end, leave: async () => void (await events.return?.()) };
}
