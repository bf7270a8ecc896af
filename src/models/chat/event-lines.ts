/**
 * Event lines: the data of a stream of server-sent events.
 *
 * @module
 */

/** What is kept of a body that is no stream of events, to say what came. Unit: characters. */
const OTHER_CHARS = 256 * 1024;

export interface EventLines {
  /** The `data` of each event, in order, as it comes. */
  readonly data: AsyncIterable<string>;
  /** All lines, when none of them was one of an event stream. */
  other(): string;
}

export function eventLines(body: ReadableStream<Uint8Array> | null): EventLines {
  let other = '';
  let isStream = false;
  async function* data(): AsyncGenerator<string> {
    let event: string[] = [];
    for await (const line of lines(body)) {
      const [, field, value = ''] = /^(data|event|id|retry|): ?(.*)$/s.exec(line) ?? [];
      if (line === '') {
        if (event.length > 0) yield event.join('\n');
        event = [];
      } else if (field === undefined && line !== 'data') {
        if (!isStream && other.length < OTHER_CHARS) other += `${line}\n`;
      } else {
        isStream = true;
        if (field === 'data') event.push(value);
      }
    }
    // A last event without its blank line: its data is whole, or does not parse.
    if (event.length > 0) yield event.join('\n');
  }
  return { data: data(), other: () => (isStream ? '' : other) };
}

async function* lines(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (body === null) return;
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      // A carriage return at the end may be the first half of a line end.
      const parts = rest.split(/\r\n|\n|\r(?=[^])/);
      rest = parts.pop() ?? '';
      yield* parts;
      if (done) break;
    }
    if (rest !== '') yield rest.replace(/\r$/, '');
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
