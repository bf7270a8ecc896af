/**
 * A client whose requests to Temporal are counted, on their way out.
 *
 * @module
 */
import type { ConnectionOptions } from '@temporalio/client';
import { AgentClient } from '../../src/client';
import { retriesThatMayBeClosed } from '../../src/client/server/closed-channel';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];

export interface Sent {
  readonly method: string;
  /** Unit: milliseconds. */
  readonly at: number;
}

export class CountedClient {
  client!: AgentClient;
  readonly sent: Sent[] = [];
  /** Requests that have had no answer yet. */
  open = 0;
  readonly #watchers = new Set<() => void>();

  static async connect(address = process.env['TEMPORAL_ADDRESS'] as string): Promise<CountedClient> {
    const counted = new CountedClient();
    const count: Interceptor = (options, nextCall) => {
      const call = nextCall(options) as ReturnType<Interceptor>;
      counted.#changed(() => {
        counted.sent.push({ method: options.method_definition.path.split('/').at(-1) as string, at: Date.now() });
        counted.open += 1;
      });
      const start = call.start.bind(call);
      call.start = (metadata, listener) =>
        start(metadata, {
          ...listener,
          onReceiveMetadata: (received) => listener?.onReceiveMetadata?.(received),
          onReceiveMessage: (message) => listener?.onReceiveMessage?.(message),
          onReceiveStatus: (status) => {
            counted.#changed(() => {
              counted.open -= 1;
            });
            listener?.onReceiveStatus?.(status);
          },
        });
      return call;
    };
    counted.client = await AgentClient.connect({ address, interceptors: [...retriesThatMayBeClosed(), count] });
    return counted;
  }

  count(method: string): number {
    return this.sent.filter((one) => one.method === method).length;
  }

  /** Resolves when it holds; looked at with every request and every answer. */
  async when(holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
    });
  }

  #changed(change: () => void): void {
    change();
    for (const look of this.#watchers) look();
  }
}
