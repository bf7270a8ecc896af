/**
 * Bell: tells whoever waits that something may have changed.
 *
 * @module
 */
export class Bell {
  #ring: () => void = () => undefined;
  #next!: Promise<void>;

  constructor() {
    this.ring();
  }

  /** Settles with the next ring. Take it before looking, so that no ring is missed. */
  get next(): Promise<void> {
    return this.#next;
  }

  readonly ring = (): void => {
    const ringing = this.#ring;
    this.#next = new Promise((resolve) => {
      this.#ring = resolve;
    });
    ringing();
  };
}
