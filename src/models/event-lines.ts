/**
 * Event lines: the data of server-sent events.
 *
 * @module
 */

/** How much of another body is kept to be quoted. Unit: characters. */
const OTHER_CHARS = 256 * 1024;
/** A server that ends the body within it can use the connection again. Unit: milliseconds. */
const LINGER_MS = 1_000;

type Reader = ReadableStreamDefaultReader<Uint8Array>;

export class EventLines {
  readonly #reader: Reader | undefined;
  readonly #decoder = new TextDecoder();
  #rest = '';
  #event: string[] = [];
  #other = '';
  #isStream = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(body: ReadableStream<Uint8Array> | null) {
    this.#reader = body?.getReader();
  }

  /** All lines, if none was an event stream's. */
  get other(): string {
    return this.#isStream ? '' : this.#other;
  }

  /** The `data` of each event as it comes. What comes after the caller has left is dropped. */
  async *data(): AsyncGenerator<string> {
    const reader = this.#reader;
    if (reader === undefined) return;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        yield* this.#take(done ? this.#decoder.decode() : this.#decoder.decode(value, { stream: true }), done);
        if (done) return;
      }
    } finally {
      clearTimeout(this.#timer);
      void drain(reader);
    }
  }

  /** Takes no more than this time, from now, for the next event. */
  endWithin(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#reader?.cancel().catch(() => undefined), ms);
  }

  /** In one go: a stream can have a hundred thousand lines, and each `await` costs time. */
  #take(text: string, isLast: boolean): readonly string[] {
    // A final carriage return may be half of a line end.
    const lines = (this.#rest + text).split(isLast ? /\r\n|\n|\r/ : /\r\n|\n|\r(?=[^])/);
    this.#rest = isLast ? '' : (lines.pop() ?? '');
    const events: string[] = [];
    for (const line of lines) {
      if (line !== '') this.#add(line);
      else if (this.#event.length > 0) events.push(this.#event.splice(0).join('\n'));
    }
    // The last event may lack its empty line: its data is complete or does not parse.
    if (isLast && this.#event.length > 0) events.push(this.#event.splice(0).join('\n'));
    return events;
  }

  #add(line: string): void {
    const field = /^(?:\ufeff)?(data|event|id|retry)(?:: ?|$)/.exec(line);
    if (field !== null) {
      this.#isStream = true;
      if (field[1] === 'data') this.#event.push(line.slice(field[0].length));
    } else if (!this.#isStream && !line.startsWith(':') && this.#other.length < OTHER_CHARS) {
      this.#other += `${line}\n`;
    }
  }
}

async function drain(reader: Reader): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), LINGER_MS).unref();
  try {
    while (!(await reader.read()).done);
  } catch {
    // It was aborted or broken off, and nobody wants the rest.
  } finally {
    clearTimeout(timer);
  }
}
