import type { PoolMarks } from '../config/agent-config.ts';
import { addressesOf, type Nic, type Target } from './nic.ts';

/** What makes two targets the same: the network, the set of subnets, the set of security groups. */
export function poolKey({ network, subnets, securityGroups }: Target): string {
  const subnetIds = subnets.map(({ id }) => id).sort();
  return [network.id, subnetIds.join(','), securityGroups?.toSorted().join(',') ?? 'default'].join(' ');
}

/** The warm NICs of one target. The one that has rested longest is taken first, so that a freed address rests too. */
export class NicPool {
  readonly key: string;
  readonly marks: PoolMarks;
  /** As Neutron last described it. */
  target: Target;
  /** When a NIC was last taken or asked for, in milliseconds since the epoch. */
  lastUsed = Date.now();
  /** Why it is not filled at the moment, and until when (milliseconds since the epoch). */
  pause: { readonly until: number; readonly why: string } | undefined;
  #isOpen = true;
  #making = 0;
  readonly #coming = new Set<Promise<unknown>>();
  /** NICs on their way back, each until it is decided whether it can be used again. */
  readonly #returning = new Map<Nic, Promise<void>>();
  /** How many wait for one of them. */
  #waiting = 0;
  // A Set iterates in insertion order.
  readonly #warm = new Set<Nic>();

  constructor(target: Target, marks: PoolMarks) {
    this.key = poolKey(target);
    this.target = target;
    this.marks = marks;
  }

  /** Takes the NIC that has rested longest, or the one with this address. */
  take(address?: string): Nic | undefined {
    this.lastUsed = Date.now();
    const [nic] = address === undefined ? this.#warm : this.#withAddress(address);
    if (nic) this.#warm.delete(nic);
    return nic;
  }

  put(nic: Nic): void {
    nic.state = 'warm';
    this.#warm.add(nic);
  }

  /**
   * Counts `count` NICs as being made until `make` ends, and puts those in that it gives.
   * @returns how many that were
   */
  async putWhenMade(count: number, make: () => Promise<readonly Nic[]>): Promise<number> {
    this.#making += count;
    const coming = make();
    this.#coming.add(coming);
    try {
      const nics = await coming;
      for (const nic of nics) this.put(nic);
      return nics.length;
    } finally {
      // In the same turn as the `put`: no NIC is counted twice, and none is missed.
      this.#making -= count;
      this.#coming.delete(coming);
    }
  }

  /**
   * The same of one that a container has given back: who needs one waits for it rather than for a new one.
   * @param isFit decides whether it can be used again
   * @param dispose what becomes of it when not; for that nobody waits who needs one
   */
  async putWhenReturned(
    nic: Nic,
    isFit: () => Promise<boolean>,
    dispose: () => Promise<void>,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const decided = () => {
      this.#returning.delete(nic);
      resolve();
    };
    this.#returning.set(nic, promise);
    try {
      await this.putWhenMade(1, async () => {
        if (await isFit()) return [nic];
        decided();
        await dispose();
        return [];
      });
    } finally {
      decided();
    }
  }

  /** Resolves when it is decided what becomes of a NIC that a container has given back; undefined for others. */
  returned(nic: Nic): Promise<void> | undefined {
    return this.#returning.get(nic);
  }

  /**
   * Takes one that rests, or one that comes back: it waits as long as more come back than others wait for. With an address it
   * is the one that has it.
   */
  async takeNext(address?: string): Promise<Nic | undefined> {
    const rested = this.take(address);
    if (rested) return rested;
    if (address !== undefined) {
      const nic = [...this.#returning.keys()].find((one) => hasAddress(one, address));
      if (nic) await this.returned(nic);
      return nic && this.take(address);
    }
    while (this.#returning.size > this.#waiting) {
      this.#waiting++;
      await Promise.race(this.#returning.values());
      this.#waiting--;
      const nic = this.take();
      if (nic) return nic;
    }
    return undefined;
  }

  /** Resolves when nothing is being made for it any more. */
  async settled(): Promise<void> {
    while (this.#coming.size > 0) await Promise.allSettled(this.#coming);
  }

  /** Takes out one that something happened to. Returns false when somebody was quicker. */
  drop(nic: Nic): boolean {
    return this.#warm.delete(nic);
  }

  /** Takes up to `count` out, those that have rested longest first. */
  shrink(count: number): Nic[] {
    const out = [...this.#warm].slice(0, Math.max(0, count));
    for (const nic of out) this.#warm.delete(nic);
    return out;
  }

  /** From now on nothing more is made for it. What is under way still comes: whoever closes it drains it. */
  close(): void {
    this.#isOpen = false;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get warm(): number {
    return this.#warm.size;
  }

  /** NICs that are being made for it. */
  get making(): number {
    return this.#making;
  }

  /** Whether it is time to fill it. */
  get isShort(): boolean {
    return this.#isOpen && this.warm + this.making < this.marks.low;
  }

  /** How many NICs that come back are kept. */
  get room(): number {
    if (!this.#isOpen || this.isHeldEmpty) return 0;
    return Math.max(0, this.marks.high - this.warm - this.making);
  }

  /** Whether a NIC that comes back is kept. */
  get hasRoom(): boolean {
    return this.room > 0;
  }

  /** Somebody wants it empty: it takes nothing in before a container asks for a NIC. */
  holdEmpty(why: string): void {
    this.pause = { until: Number.POSITIVE_INFINITY, why };
  }

  /** A container asks for a NIC. */
  wanted(): void {
    this.lastUsed = Date.now();
    if (this.isHeldEmpty) this.pause = undefined;
  }

  /** Whether somebody wants it empty. */
  get isHeldEmpty(): boolean {
    return this.pause?.until === Number.POSITIVE_INFINITY;
  }

  *#withAddress(address: string): Generator<Nic> {
    for (const nic of this.#warm) if (hasAddress(nic, address)) yield nic;
  }
}

function hasAddress(nic: Nic, address: string): boolean {
  return addressesOf(nic).some((has) => has.address === address);
}
