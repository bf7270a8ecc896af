/**
 * Bounded body: limits the size and the silences of a model server's response.
 *
 * Bytes are counted as they are read, after decompression and before parsing: an endless response must not fill the
 * worker's memory. Beyond the limit the connection is closed.
 *
 * @module
 */
import { AgentError } from '../protocol';

export interface BodyLimits {
  /** Bytes of a JSON reply. The reply itself is limited to 1 MiB; escapes can make it six times that. */
  readonly jsonBytes: number;
  /** Bytes of a stream, each line counting {@link LINE_BYTES} more. Most servers send about 300 per token. */
  readonly streamBytes: number;
  /** Bytes of one stream event, which is held until complete. */
  readonly eventBytes: number;
  /** Bytes read of an error. The rest is dropped: its status says enough. */
  readonly errorBytes: number;
  /** Silence after the first byte that ends the reply, which is then asked for again. Unit: milliseconds. */
  readonly stallMs: number;
}

const LIMITS: BodyLimits = {
  jsonBytes: 8 * 1024 * 1024,
  streamBytes: 64 * 1024 * 1024,
  eventBytes: 4 * 1024 * 1024,
  errorBytes: 64 * 1024,
  stallMs: 120_000,
};

/** A short line costs as much parsing as so many bytes. */
const LINE_BYTES = 128;

type Fetch = typeof fetch;

/** @param limits Default: the limits of a worker. */
export function boundedFetch(own: Fetch, limits: Partial<BodyLimits> = {}): Fetch {
  return async (input, init) => {
    const abort = new AbortController();
    const signals = [abort.signal, ...(init?.signal ? [init.signal] : [])];
    // Called as the openai client does: some implementations refuse to be called as a method.
    const response = await own.call(undefined, input, { ...init, signal: AbortSignal.any(signals) });
    if (response.body === null) return response;
    const body = boundedBody(response, { ...LIMITS, ...limits }, () => abort.abort());
    const { status, statusText, headers } = response;
    return new Response(body, { status, statusText, headers });
  };
}

function boundedBody(response: Response, limits: BodyLimits, abort: () => void): ReadableStream<Uint8Array> {
  const chunks = (response.body as ReadableStream<Uint8Array>)[Symbol.asyncIterator]();
  const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
  const most = !response.ok ? limits.errorBytes : isStream ? limits.streamBytes : limits.jsonBytes;
  const event = new EventSize();
  let bytes = 0;
  let hasBegun = false;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const giveUp = (failure: AgentError): void => {
        controller.error(failure);
        abort();
      };
      try {
        const next = await (hasBegun ? within(limits.stallMs, chunks.next()) : chunks.next());
        if (next === 'stalled') return giveUp(stalled(limits.stallMs));
        if (next.done === true) return controller.close();
        const chunk = next.value;
        const room = most - bytes;
        hasBegun = true;
        bytes += chunk.byteLength + (isStream ? linesIn(chunk) * LINE_BYTES : 0);
        if (bytes <= most && !(response.ok && isStream && event.grow(chunk) > limits.eventBytes)) {
          return controller.enqueue(chunk);
        }
        if (response.ok) return giveUp(tooLarge(bytes > most ? most : limits.eventBytes));
        controller.enqueue(chunk.subarray(0, Math.max(0, room)));
        controller.close();
        abort();
      } catch (error) {
        controller.error(error);
      }
    },
    cancel: abort,
  });
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'stalled'> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<'stalled'>((resolve) => {
    timer = setTimeout(resolve, ms, 'stalled');
  });
  promise.catch(() => undefined); // Nobody waits for a stalled read any more.
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function linesIn(chunk: Uint8Array): number {
  let lines = 0;
  for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) lines += 1;
  return lines;
}

const LINE_END = 0x0a;

/** The size of the current stream event. An empty line ends it. */
class EventSize {
  #bytes = 0;
  #tail = Buffer.alloc(0);

  grow(chunk: Uint8Array): number {
    const text = Buffer.concat([this.#tail, chunk]);
    const end = Math.max(...['\n\n', '\r\r', '\r\n\r\n'].map((line) => text.lastIndexOf(line)));
    this.#bytes = end < 0 ? this.#bytes + chunk.byteLength : text.byteLength - end;
    this.#tail = text.subarray(-3);
    return this.#bytes;
  }
}

function tooLarge(bytes: number): AgentError {
  const message = `The model server's reply was given up after ${bytes} bytes, which is more than any reply that can be kept. Limit the model's output, or check the server.`;
  return new AgentError('MODEL_REJECTED', message, {});
}

function stalled(ms: number): AgentError {
  const message = `The model server began to reply and then sent nothing for ${ms / 1000} seconds.`;
  return new AgentError('MODEL_UNAVAILABLE', message, {});
}
