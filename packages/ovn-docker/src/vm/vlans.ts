import { OvnDockerError } from '../errors.ts';

/** IEEE 802.1Q-2018 §9.6: VID 0 is a priority tag, 4095 is reserved. */
export const FIRST_VLAN = 1;
export const LAST_VLAN = 4094;

/**
 * The VLANs of one VM. A tag only has to be unique inside its VM; OVN uses it to tell the containers behind one VIF
 * apart. Free tags are handed out least recently freed first, so that a freed tag rests: a late frame or a late
 * delete of the former owner does not hit the next one at once.
 */
export class Vlans {
  // A Set iterates in insertion order: the first is the one that has rested longest.
  readonly #free = new Set<number>();
  readonly #used = new Set<number>();

  /** @param used tags that are taken already, whoever holds them (the trunk's subports, ports in the VM's OVS) */
  constructor(used: Iterable<number> = []) {
    for (let vlan = FIRST_VLAN; vlan <= LAST_VLAN; vlan++) this.#free.add(vlan);
    for (const vlan of used) this.markUsed(vlan);
  }

  /** Takes a free tag. @throws OvnDockerError `E_VLANS_EXHAUSTED` */
  claim(): number {
    const [vlan] = this.#free;
    if (vlan === undefined) throw vlansExhausted();
    this.markUsed(vlan);
    return vlan;
  }

  /** Takes this very tag, because somebody is seen to use it. Tags outside 1..4094 are none of ours. */
  markUsed(vlan: number): void {
    if (!isVlan(vlan)) return;
    this.#free.delete(vlan);
    this.#used.add(vlan);
  }

  /** Gives a tag back. Only after Neutron has confirmed that no port holds it any more; a second time changes nothing. */
  release(vlan: number): void {
    if (!this.#used.delete(vlan)) return;
    this.#free.add(vlan);
  }

  /** Makes the used set this one: what others took is used, what they let go of is free and begins its rest. */
  follow(used: ReadonlySet<number>): void {
    for (const vlan of [...this.#used]) if (!used.has(vlan)) this.release(vlan);
    for (const vlan of used) this.markUsed(vlan);
  }

  isUsed(vlan: number): boolean {
    return this.#used.has(vlan);
  }

  get used(): number {
    return this.#used.size;
  }

  get free(): number {
    return this.#free.size;
  }
}

function isVlan(vlan: number): boolean {
  return Number.isInteger(vlan) && vlan >= FIRST_VLAN && vlan <= LAST_VLAN;
}

/** `E_VLANS_EXHAUSTED` */
export function vlansExhausted(): OvnDockerError {
  return new OvnDockerError('E_VLANS_EXHAUSTED', `all ${LAST_VLAN} VLANs of this VM are in use`);
}
