import type { Nic } from '../../nics/nic.ts';
import { InTurn } from '../../queues/in-turn.ts';

/** The time that Docker may take from the first to the second request of a container, in milliseconds. */
const PATIENCE_MS = 1000;

interface OpenPair {
  readonly nic: Nic;
  readonly close: () => void;
}

/**
 * On a network of both IP versions Docker requests a container's IPv4 address and then its IPv6 address. It
 * does not say that both are for the same container, and the requests of containers that start together are
 * interleaved. So this class serves one container at a time: a first request waits until the previous
 * container has requested its second address, or until `PATIENCE_MS` is over.
 */
export class AddressPairs {
  readonly #inTurn = new InTurn();
  readonly #open = new Map<string, OpenPair>();

  /** Runs `claim` for a first address when it is the container's turn on the network. Resolves to the NIC. */
  first(networkId: string, claim: () => Promise<Nic>): Promise<Nic> {
    const claimed = Promise.withResolvers<Nic>();
    const turn = this.#inTurn.run(networkId, async () => {
      const nic = await claim();
      const closed = this.#openPair(networkId, nic);
      claimed.resolve(nic);
      await closed;
    });
    turn.catch(claimed.reject);
    return claimed.promise;
  }

  /**
   * Ends the turn on the network. Returns the NIC whose second address Docker has not requested yet, or
   * undefined if there is none.
   */
  second(networkId: string): Nic | undefined {
    const open = this.#open.get(networkId);
    open?.close();
    return open?.nic;
  }

  /** Resolves when Docker requests the second address, or when `PATIENCE_MS` is over. */
  #openPair(networkId: string, nic: Nic): Promise<void> {
    return new Promise((resolve) => {
      const close = () => {
        clearTimeout(timer);
        this.#open.delete(networkId);
        resolve();
      };
      const timer = setTimeout(close, PATIENCE_MS);
      this.#open.set(networkId, { nic, close });
    });
  }
}
