import type { Neutron, Port } from '@ovn-docker/openstack';
import { BindingLink } from './binding-link.ts';
import type { Disconnection, ParentLink } from './parent-link.ts';
import type { ParentMode } from './parent-mode.ts';
import { Trunk } from './trunk.ts';
import { isSubport, TrunkLink } from './trunk-link.ts';

/** The parts of a NIC that show which way applies to it. */
interface Candidate {
  readonly port?: Port;
  readonly vlan?: number;
}

/** VLAN by port id, of every subport of the VM's trunk, including those that other programs added. */
export type Subports = ReadonlyMap<string, number>;

/** Both ways of connecting ports to one VM's own port, and which of them applies to a NIC. */
export class ParentLinks {
  /** The way of new NICs. */
  readonly mode: ParentMode;
  readonly trunk: TrunkLink;
  readonly binding: BindingLink;
  readonly #trunk: Trunk;

  constructor(neutron: Neutron, { vifId, mode }: { vifId: string; mode: ParentMode }) {
    this.mode = mode;
    this.#trunk = new Trunk(neutron, vifId);
    this.trunk = new TrunkLink(this.#trunk);
    this.binding = new BindingLink(vifId);
  }

  /**
   * The way in which the NIC was made, as its port shows. If the NIC has no port, or its port shows neither
   * way, the way of new NICs.
   */
  of({ port, vlan }: Candidate): ParentLink {
    if (this.mode === 'trunk') return port && this.binding.isBound(port, vlan) ? this.binding : this.trunk;
    return port && isSubport(port) ? this.trunk : this.binding;
  }

  /** Reads the trunk. Resolves to an empty map when there is no trunk, or Neutron has no trunk extension. */
  async subports(): Promise<Subports> {
    const subports = await this.#trunk.subports();
    return new Map(subports.map(({ port_id, segmentation_id }) => [port_id, segmentation_id]));
  }

  /** Takes ports for connected under these VLANs until the trunk is read: an earlier agent's rows say so. */
  assume(subports: Subports): void {
    this.#trunk.assume(
      [...subports].map(([port_id, segmentation_id]) => ({
        port_id,
        segmentation_type: 'vlan',
        segmentation_id,
      })),
    );
  }

  /** Whether Neutron has the port under the VM's own port with this VLAN. */
  isConnected({ port, vlan }: Candidate, subports: Subports): boolean {
    if (!port || vlan === undefined) return false;
    const carried = subports.get(port.id);
    if (carried === vlan || this.binding.isBound(port, vlan)) return true;
    // Members do not see `binding:profile`: assume that the port is bound.
    const isHidden = port['binding:profile'] === undefined;
    return carried === undefined && isHidden && this.of({ port, vlan }) === this.binding;
  }

  /** What is wrong between a port and the VM's own port; undefined when the port is connected. */
  disconnection(port: Port, vlan: number, subports: Subports): Disconnection | undefined {
    if (this.isConnected({ port, vlan }, subports)) return undefined;
    const carried = subports.get(port.id);
    if (carried === undefined) return this.of({ port, vlan }).disconnection(port, vlan);
    const evidence = `the VM's trunk carries it under VLAN ${carried}`;
    return { kind: 'moved subport', evidence, action: 'add it again under its own VLAN' };
  }
}
