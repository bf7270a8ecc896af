/**
 * Proxy: the network between two parties, which can be made bad.
 *
 * Bytes are passed on as they come until it is told otherwise. What it holds back it gives later, in order, unless
 * the connection was cut.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Nothing is ever passed on any more, and neither side is told. */
  isDead: boolean;
}

export class Proxy {
  readonly #target: () => number;
  readonly #pairs = new Set<Pair>();
  #server!: Server;
  #refuses = false;
  #delayMs = 0;
  /** While the network stalls: settles when it goes on. */
  #stall: { readonly over: Promise<void>; readonly end: () => void } | undefined;

  /** @param target Port on 127.0.0.1 of whoever is behind it. */
  constructor(target: () => number) {
    this.#target = target;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(): Promise<void> {
    this.#server = createServer((near) => this.#accept(near));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  close(): void {
    this.#server.close();
    this.#cut();
  }

  /** Every connection is cut, and none is taken until `pass`. */
  drop(): void {
    this.#refuses = true;
    this.#cut();
  }

  /** Each byte takes so much longer, either way. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Connections stay, new ones are taken, and no byte passes until `pass`. */
  stall(): void {
    let end!: () => void;
    const over = new Promise<void>((resolve) => (end = resolve));
    this.#stall ??= { over, end };
  }

  /** The connections that there are now stay open for ever and pass nothing; new ones are as usual. @returns How many. */
  halfOpen(): number {
    for (const pair of this.#pairs) pair.isDead = true;
    return this.#pairs.size;
  }

  /** As it should be. */
  pass(): void {
    this.#refuses = false;
    this.#delayMs = 0;
    this.#stall?.end();
    this.#stall = undefined;
  }

  #accept(near: Socket): void {
    if (this.#refuses) return void near.resetAndDestroy();
    const far = connect(this.#target(), '127.0.0.1');
    const pair: Pair = { near, far, isDead: false };
    this.#pairs.add(pair);
    const end = (): void => {
      if (!this.#pairs.delete(pair)) return;
      for (const socket of [near, far]) socket.destroy();
    };
    // Of a half-open connection neither side hears that the other has gone.
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => (pair.isDead ? undefined : end()));
    }
    void this.#pump(pair, near, far);
    void this.#pump(pair, far, near);
  }

  async #pump(pair: Pair, from: Socket, to: Socket): Promise<void> {
    try {
      for await (const chunk of from) {
        if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
        await this.#stall?.over;
        if (pair.isDead) continue;
        to.write(chunk as Buffer);
      }
    } catch {
      // Cut: the other side is too, by `close`.
    }
  }

  #cut(): void {
    for (const { near, far } of this.#pairs) for (const socket of [near, far]) socket.resetAndDestroy();
    this.#pairs.clear();
  }
}
