/**
 * Call ids: pairs calls with results in one request.
 *
 * A model gets its own ids back, unless it repeated one. Other models' ids are replaced by nine letters and digits,
 * which every provider takes. The same transcript gives the same ids, so that prompt caches hold.
 *
 * @module
 */
import { createHash } from 'node:crypto';

const LENGTH = 9;

export class CallIds {
  readonly #taken = new Set<string>();

  /** @param isOwn Whether the asked model made the call. */
  write(id: string, isOwn: boolean): string {
    let written = isOwn ? id : anew(id, 0);
    for (let nth = 1; this.#taken.has(written); nth += 1) written = anew(id, nth);
    this.#taken.add(written);
    return written;
  }
}

function anew(id: string, nth: number): string {
  return createHash('sha256').update(`${nth} ${id}`).digest('hex').slice(0, LENGTH);
}
