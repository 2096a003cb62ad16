import { OvnDockerError } from '../errors.ts';

/** IEEE 802.1Q-2018 §9.6: VID 0 is a priority tag, 4095 is reserved. */
export const FIRST_VLAN = 1;
export const LAST_VLAN = 4094;

/**
 * The VLANs of one VM. A VLAN only has to be unique inside its VM: OVN uses it to tell the containers behind
 * one VIF apart. The VLAN that was freed first is handed out first, so that a late frame or a late delete of
 * its former NIC does not hit the next one.
 */
export class Vlans {
  // A Set iterates in insertion order: the first has rested longest.
  readonly #free = new Set<number>();
  readonly #used = new Set<number>();

  /** @param used VLANs that the trunk's subports or the ports of the VM's switch have already */
  constructor(used: Iterable<number> = []) {
    for (let vlan = FIRST_VLAN; vlan <= LAST_VLAN; vlan++) this.#free.add(vlan);
    for (const vlan of used) this.markUsed(vlan);
  }

  /** Reserves a free VLAN. @throws OvnDockerError `E_VLANS_EXHAUSTED` */
  reserve(): number {
    const [vlan] = this.#free;
    if (vlan === undefined) throw vlansExhausted();
    this.markUsed(vlan);
    return vlan;
  }

  /** Marks this VLAN as used, because a port has it. Ignores numbers outside 1..4094. */
  markUsed(vlan: number): void {
    if (!isVlan(vlan)) return;
    this.#free.delete(vlan);
    this.#used.add(vlan);
  }

  /**
   * Frees a VLAN; a second call changes nothing. The caller must have Neutron's confirmation that no port has
   * the VLAN any more.
   */
  release(vlan: number): void {
    if (!this.#used.delete(vlan)) return;
    this.#free.add(vlan);
  }

  /** Replaces the set of used VLANs. VLANs that are no longer in it become free, at the end of the queue. */
  replaceUsed(used: ReadonlySet<number>): void {
    for (const vlan of [...this.#used]) if (!used.has(vlan)) this.release(vlan);
    for (const vlan of used) this.markUsed(vlan);
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
