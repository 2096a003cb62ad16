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
  readonly #isUsable: (vlan: number) => boolean;

  /**
   * @param used VLANs that ports under the VM's own port have in Neutron
   * @param isUsable whether the VM's bridge leaves the VLAN to containers. Asked for every choice: other
   * programs take VLANs there at any time.
   */
  constructor(used: Iterable<number> = [], isUsable: (vlan: number) => boolean = () => true) {
    this.#isUsable = isUsable;
    for (let vlan = FIRST_VLAN; vlan <= LAST_VLAN; vlan++) this.#free.add(vlan);
    for (const vlan of used) this.markUsed(vlan);
  }

  /** Reserves a free VLAN. @throws OvnDockerError `E_VLANS_EXHAUSTED` */
  reserve(): number {
    for (const vlan of this.#free) {
      if (!this.#isUsable(vlan)) continue;
      this.markUsed(vlan);
      return vlan;
    }
    throw vlansExhausted();
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

  /** The number of VLANs that no new NIC can have. */
  get used(): number {
    return LAST_VLAN - this.free;
  }

  get free(): number {
    return this.#free
      .values()
      .filter(this.#isUsable)
      .reduce((count) => count + 1, 0);
  }
}

function isVlan(vlan: number): boolean {
  return Number.isInteger(vlan) && vlan >= FIRST_VLAN && vlan <= LAST_VLAN;
}

/** `E_VLANS_EXHAUSTED` */
export function vlansExhausted(): OvnDockerError {
  return new OvnDockerError('E_VLANS_EXHAUSTED', `all ${LAST_VLAN} VLANs of this VM are in use`);
}
