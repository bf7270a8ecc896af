/**
 * Lines: a file of JSON lines that processes append to while others read it, and that survives their death.
 *
 * A line that was begun and not ended, when its writer was killed, counts as not written.
 *
 * @module
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';

export interface LineWriter<Line> {
  write(line: Line): void;
}

/** @param isSynced Each line is on the disk when `write` returns; else it survives its process, and no power cut. */
export function appendLines<Line>(path: string, isSynced = false): LineWriter<Line> {
  const file = openSync(path, 'a');
  // What was cut off must not run into the next line.
  const size = statSync(path).size;
  if (size > 0 && lastByte(path, size) !== '\n') writeSync(file, '\n');
  return {
    write(line) {
      writeSync(file, `${JSON.stringify(line)}\n`);
      if (isSynced) fsyncSync(file);
    },
  };
}

export function readLines<Line>(path: string): readonly Line[] {
  if (!existsSync(path)) return [];
  return parse<Line>(readFileSync(path, 'utf8').split('\n').slice(0, -1));
}

/** Reads on where it left off. */
export class LineReader<Line> {
  readonly #path: string;
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  read(): readonly Line[] {
    if (!existsSync(this.#path)) return [];
    const size = statSync(this.#path).size;
    if (size <= this.#offset) return [];
    const buffer = Buffer.alloc(size - this.#offset);
    const file = openSync(this.#path, 'r');
    try {
      this.#offset += readSync(file, buffer, 0, buffer.length, this.#offset);
    } finally {
      closeSync(file);
    }
    const texts = (this.#rest + buffer.toString('utf8')).split('\n');
    this.#rest = texts.pop() ?? '';
    return parse<Line>(texts);
  }
}

function parse<Line>(texts: readonly string[]): readonly Line[] {
  return texts.flatMap((text) => {
    try {
      return [JSON.parse(text) as Line];
    } catch {
      return [];
    }
  });
}

function lastByte(path: string, size: number): string {
  const byte = Buffer.alloc(1);
  const file = openSync(path, 'r');
  try {
    readSync(file, byte, 0, 1, size - 1);
  } finally {
    closeSync(file);
  }
  return byte.toString('latin1');
}
