/**
 * Free port: one on 127.0.0.1 that nobody listens on, and that the system gives to nobody.
 *
 * @module
 */
import { type AddressInfo, createServer } from 'node:net';

/** Below those that the system gives to whoever connects: a server that is down for a while must find its ports free. */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      const { port: got } = server.address() as AddressInfo;
      server.close(() => resolve(got === port));
    });
  });
}
