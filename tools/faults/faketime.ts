/**
 * Faketime: a clock of its own for a process, which others can set. By Debian's libfaketime, which stands between the
 * program and the system's clock; what timers run by stays as it is.
 *
 * @module
 */
import { existsSync, writeFileSync } from 'node:fs';

const PLACES = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`);

/** @param file Says how far the clock is off. @throws Error with what to install. */
export function clockFrom(file: string): Readonly<Record<string, string>> {
  const library = PLACES.find((path) => existsSync(path));
  if (library === undefined)
    throw new Error('Clocks that jump need libfaketime (on Debian: apt-get install faketime).');
  setClock(file, 0);
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  };
}

export function setClock(file: string, byMs: number): void {
  writeFileSync(file, `${byMs < 0 ? '-' : '+'}${Math.abs(byMs) / 1000}`);
}
