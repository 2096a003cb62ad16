import type { VmSwitch } from '../clients/vm-switch.ts';
import { errorTable, OvnDockerError } from '../errors.ts';

/** IEEE 802.1Q-2018 §9.6: VID 0 is a priority tag, 4095 is reserved. */
export const FIRST_VLAN = 1;
export const LAST_VLAN = 4094;

/** Why no container can have a VLAN that Neutron leaves free. */
type Obstacle = 'bridge' | 'uplink';

/** The VLANs of a VM by what has them, 4094 in all. */
interface VlanCount {
  /** Ports in Neutron have them. */
  readonly neutron: number;
  /** Of the others: other programs have them on the VM's bridge. */
  readonly bridge: number;
  /** Of the others: the VM's uplink does not pass them. */
  readonly uplink: number;
  readonly free: number;
}

/**
 * What keeps each VLAN from containers on the VM's bridge, at the time of the question.
 * @param uplink name of the port to the hypervisor
 */
export function obstaclesOn(
  vmSwitch: Pick<VmSwitch, 'vlanUsers' | 'carriesVlan'>,
  uplink: string,
): (vlan: number) => Obstacle | undefined {
  return (vlan) => {
    if (vmSwitch.vlanUsers(uplink).has(vlan)) return 'bridge';
    return vmSwitch.carriesVlan(uplink, vlan) ? undefined : 'uplink';
  };
}

/**
 * The VLANs of one VM. A VLAN only has to be unique inside its VM: OVN uses it to tell the containers behind
 * one VIF apart. The VLAN that was freed first is handed out first, so that a late frame or a late delete of
 * its former NIC does not hit the next one.
 */
export class Vlans {
  // A Set iterates in insertion order: the first has rested longest.
  readonly #free = new Set<number>();
  readonly #used = new Set<number>();
  readonly #obstacleOf: (vlan: number) => Obstacle | undefined;

  /**
   * @param used VLANs that ports under the VM's own port have in Neutron
   * @param obstacleOf what keeps a VLAN from containers on the VM's bridge. Asked for every choice: other
   * programs take VLANs there at any time.
   */
  constructor(
    used: Iterable<number> = [],
    obstacleOf: (vlan: number) => Obstacle | undefined = () => undefined,
  ) {
    this.#obstacleOf = obstacleOf;
    for (let vlan = FIRST_VLAN; vlan <= LAST_VLAN; vlan++) this.#free.add(vlan);
    for (const vlan of used) this.markUsed(vlan);
  }

  /** Reserves a free VLAN. @throws OvnDockerError `E_VLANS_EXHAUSTED` */
  reserve(): number {
    for (const vlan of this.#free) {
      if (this.#obstacleOf(vlan) !== undefined) continue;
      this.markUsed(vlan);
      return vlan;
    }
    throw this.exhausted();
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
    return this.count().free;
  }

  count(): VlanCount {
    const count = { neutron: LAST_VLAN - this.#free.size, bridge: 0, uplink: 0, free: 0 };
    for (const vlan of this.#free) count[this.#obstacleOf(vlan) ?? 'free']++;
    return count;
  }

  /** `E_VLANS_EXHAUSTED`, which says what has the VLANs. Neutron has refused those that are free. */
  exhausted(): OvnDockerError {
    const { neutron, bridge, uplink, free } = this.count();
    const reasons = [
      { count: neutron + free, what: 'ports in Neutron have', hint: errorTable.E_VLANS_EXHAUSTED.hint },
      {
        count: bridge,
        what: 'other programs have on the bridge',
        hint: 'move the ports of other programs to another bridge',
      },
      {
        count: uplink,
        what: 'the uplink does not pass',
        hint: 'let the uplink pass more VLANs: `ovs-vsctl clear port UPLINK trunks`, and its vlan_mode if that is access or dot1q-tunnel',
      },
    ].filter(({ count }) => count > 0);
    const [most] = reasons.toSorted((a, b) => b.count - a.count);
    const counts = reasons.map(({ count, what }) => `${what} ${count}`).join(', ');
    return new OvnDockerError(
      'E_VLANS_EXHAUSTED',
      `no VLAN of this VM is left for a container; of ${LAST_VLAN}, ${counts}`,
      most && { hint: most.hint },
    );
  }
}

function isVlan(vlan: number): boolean {
  return Number.isInteger(vlan) && vlan >= FIRST_VLAN && vlan <= LAST_VLAN;
}
