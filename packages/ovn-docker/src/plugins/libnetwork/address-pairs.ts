import type { Nic } from '../../nics/nic.ts';

/** How long the second address of a container may be asked for after the first, in milliseconds. */
const PATIENCE_MS = 1000;

interface OpenPair {
  readonly nic: Nic;
  readonly closed: PromiseWithResolvers<void>;
}

/**
 * On a network of both IP versions Docker asks for a container's IPv4 address and then for its IPv6 address, and does not
 * say that it is the same container; containers that start at once ask in between. So one container is served at a time:
 * the next one's first address waits until the last one's second has been given, or is given up.
 */
export class AddressPairs {
  readonly #open = new Map<string, OpenPair>();
  readonly #turn = new Map<string, Promise<void>>();

  /** Takes the first address by `claim` when it is this container's turn on the network `key`. */
  async first(key: string, claim: () => Promise<Nic>): Promise<Nic> {
    const before = this.#turn.get(key) ?? Promise.resolve();
    const closed = Promise.withResolvers<void>();
    const turn = before.then(() => closed.promise);
    this.#turn.set(key, turn);
    await before;
    try {
      const nic = await claim();
      this.#open.set(key, { nic, closed });
      const timer = setTimeout(() => this.#close(key, nic), PATIENCE_MS);
      void closed.promise.then(() => clearTimeout(timer));
      return nic;
    } catch (error) {
      closed.resolve();
      throw error;
    }
  }

  /** The NIC whose first address was given last on the network; undefined when nobody waits for a second one. */
  second(key: string): Nic | undefined {
    const open = this.#open.get(key);
    if (open) this.#close(key, open.nic);
    return open?.nic;
  }

  #close(key: string, nic: Nic): void {
    const open = this.#open.get(key);
    if (open?.nic !== nic) return;
    this.#open.delete(key);
    open.closed.resolve();
  }
}
