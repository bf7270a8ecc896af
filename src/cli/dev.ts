/**
 * `countersign dev`: server, model and worker, until stopped.
 *
 * @module
 */
import type { Lifetime } from './lifetime';
import { startLocalStack, type LocalStackOptions } from './local-stack';
import { Terminal } from './terminal';
import { watchServer } from './trouble';

export async function dev(options: Omit<LocalStackOptions, 'agent'>, lifetime: Lifetime): Promise<void> {
  const terminal = new Terminal(lifetime.interrupted);
  try {
    const { temporal, workerStopped } = await startLocalStack(options, terminal, lifetime, (line) =>
      terminal.line(line),
    );
    const { address, uiUrl } = temporal;
    terminal.line(['ready', address, ...(uiUrl === undefined ? [] : [uiUrl])].join(' '));
    await Promise.race([workerStopped, watchServer(temporal.client.temporal, address, lifetime.interrupted)]);
  } finally {
    terminal.close();
  }
}
