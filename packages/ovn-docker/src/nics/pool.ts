import type { PoolMarks } from '../config/agent-config.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import { addressesOf, type Nic, type Target } from './nic.ts';

/** Identifies a target by its network, its set of subnets and its set of security groups. */
export function poolKey({ network, subnets, securityGroups }: Target): string {
  const subnetIds = subnets.map(({ id }) => id).sort();
  return [network.id, subnetIds.join(','), securityGroups?.toSorted().join(',') ?? 'default'].join(' ');
}

/**
 * The warm NICs of one target. The NIC that has rested longest leaves first, so that freed addresses rest.
 */
export class NicPool {
  readonly key: string;
  readonly marks: PoolMarks;
  /** Network, subnets and groups as Neutron last described them. */
  target: Target;
  /** When a container last took a NIC or asked for one, in milliseconds since the epoch. */
  lastUsed = steadyNow();
  /** Why the pool is not filled now, and until when (milliseconds since the epoch). */
  pause: { readonly until: number; readonly why: string } | undefined;
  #isOpen = true;
  #making = 0;
  /** Batches that are being made. */
  readonly #batches = new Set<Promise<unknown>>();
  /** Returned NICs; each promise resolves when the agent knows whether it can reuse the NIC. */
  readonly #returning = new Map<Nic, Promise<void>>();
  /** The number of callers that wait for a returning NIC. */
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
    this.lastUsed = steadyNow();
    const [nic] = address === undefined ? this.#warm : this.#withAddress(address);
    if (nic) this.#warm.delete(nic);
    return nic;
  }

  put(nic: Nic): void {
    nic.state = 'warm';
    this.#warm.add(nic);
  }

  /**
   * Counts `count` NICs as being made until `make` ends, then adds the NICs that it resolves to.
   * @returns the number of NICs added
   */
  async putWhenMade(count: number, make: () => Promise<readonly Nic[]>): Promise<number> {
    this.#making += count;
    const batch = make();
    this.#batches.add(batch);
    try {
      const nics = await batch;
      for (const nic of nics) this.put(nic);
      return nics.length;
    } finally {
      // In the same turn as `put`, so that no NIC is counted twice or missed.
      this.#making -= count;
      this.#batches.delete(batch);
    }
  }

  /**
   * Does the same for a NIC that a container has returned. Callers of `takeNext` wait for this NIC, so that
   * the agent need not make a new one.
   * @param isReusable decides whether another container can use the NIC
   * @param dispose deletes a NIC that is not reusable; callers of `takeNext` do not wait for the deletion
   */
  async putWhenReturned(
    nic: Nic,
    isReusable: () => Promise<boolean>,
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
        if (await isReusable()) return [nic];
        decided();
        await dispose();
        return [];
      });
    } finally {
      decided();
    }
  }

  /** Resolves when the agent knows whether it can reuse a returned NIC; undefined for other NICs. */
  returned(nic: Nic): Promise<void> | undefined {
    return this.#returning.get(nic);
  }

  /**
   * Takes a warm NIC, or waits for a returning one while more NICs return than callers wait. With an address,
   * takes or waits for the NIC that has it.
   */
  async takeNext(address?: string): Promise<Nic | undefined> {
    const warm = this.take(address);
    if (warm) return warm;
    if (address !== undefined) {
      const returning = [...this.#returning.keys()].find((nic) => hasAddress(nic, address));
      if (returning) await this.returned(returning);
      return returning && this.take(address);
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

  /** Resolves when no NIC is being made for the pool. */
  async whenMade(): Promise<void> {
    while (this.#batches.size > 0) await Promise.allSettled(this.#batches);
  }

  /** Removes a NIC. Returns false when the pool does not have it any more. */
  drop(nic: Nic): boolean {
    return this.#warm.delete(nic);
  }

  /** Removes up to `count` NICs, those first that have rested longest. */
  shrink(count: number): Nic[] {
    const removed = [...this.#warm].slice(0, Math.max(0, count));
    for (const nic of removed) this.#warm.delete(nic);
    return removed;
  }

  /** Stops filling. NICs that are being made still arrive: the caller must drain the pool. */
  close(): void {
    this.#isOpen = false;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The number of warm NICs. */
  get warm(): number {
    return this.#warm.size;
  }

  /** The number of NICs that are being made for it. */
  get making(): number {
    return this.#making;
  }

  /** Whether the pool is below its low mark and should be filled. */
  get isShort(): boolean {
    return this.#isOpen && this.warm + this.making < this.marks.low;
  }

  /** The number of returning NICs that the pool would keep. */
  get room(): number {
    if (!this.#isOpen || this.isHeldEmpty) return 0;
    return Math.max(0, this.marks.high - this.warm - this.making);
  }

  get hasRoom(): boolean {
    return this.room > 0;
  }

  /** Keeps the pool empty until a container asks for a NIC. */
  holdEmpty(why: string): void {
    this.pause = { until: Number.POSITIVE_INFINITY, why };
  }

  /** Records that a container asks for a NIC. */
  recordRequest(): void {
    this.lastUsed = steadyNow();
    if (this.isHeldEmpty) this.pause = undefined;
  }

  /** Whether a user has drained the pool and no container has asked for a NIC since. */
  get isHeldEmpty(): boolean {
    return this.pause?.until === Number.POSITIVE_INFINITY;
  }

  *#withAddress(address: string): Generator<Nic> {
    for (const nic of this.#warm) if (hasAddress(nic, address)) yield nic;
  }
}

function hasAddress(nic: Nic, address: string): boolean {
  return addressesOf(nic).some((own) => own.address === address);
}
