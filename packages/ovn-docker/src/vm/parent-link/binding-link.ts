import type { BindingProfile, Port } from '@ovn-docker/openstack';
import type { Child, Disconnection, ParentLink } from './parent-link.ts';
import { isSubport } from './trunk-link.ts';

/**
 * Makes ports children of the VM's own port by their `binding:profile {parent_name, tag}`, the source
 * document's own way. The request that creates the port carries the profile, and deleting the port
 * disconnects it: `add` and `remove` do nothing.
 */
export class BindingLink implements ParentLink {
  readonly connectsLater = false;
  readonly #vifId: string;

  constructor(vifId: string) {
    this.#vifId = vifId;
  }

  profile(vlan: number): BindingProfile {
    return { parent_name: this.#vifId, tag: vlan };
  }

  async add(): Promise<boolean> {
    return false;
  }

  async remove(): Promise<boolean> {
    return false;
  }

  restore(child: Child): Promise<void> {
    return changeProfile(child, this.profile(child.vlan));
  }

  async reattach(child: Child): Promise<void> {
    await changeProfile(child, {});
    await this.restore(child);
  }

  disconnection({ 'binding:profile': profile = {} }: Port): Disconnection {
    const { parent_name: parent = '-', tag = '-' } = profile;
    const evidence = `Neutron has it under parent ${parent} with VLAN ${tag}`;
    return { kind: 'lost binding', evidence, action: 'bind it again' };
  }

  /**
   * Whether the port's own profile names this parent and this VLAN. The profile of a subport does not count:
   * ML2/OVN writes it for the trunk and clears it with the trunk.
   */
  isBound(port: Port, vlan: number | undefined): boolean {
    if (isSubport(port)) return false;
    const { parent_name: parent, tag } = port['binding:profile'] ?? {};
    return parent === this.#vifId && tag === vlan;
  }
}

/** The VLAN that a port's `binding:profile` names. */
export function vlanOfBinding(port: Port): number | undefined {
  const tag = port['binding:profile']?.['tag'];
  return typeof tag === 'number' ? tag : undefined;
}

/** A port's `binding:profile` without parent and VLAN. */
export function profileWithoutParent({ 'binding:profile': profile = {} }: Port): BindingProfile {
  const { parent_name: _parent, tag: _tag, ...rest } = profile;
  return rest;
}

/**
 * Replaces parent and VLAN in a port's profile and keeps its other keys. `If-Match` makes Neutron refuse the
 * update if another client has changed the port since it was read.
 */
async function changeProfile(child: Child, parent: BindingProfile): Promise<void> {
  const { ports } = child.neutron;
  const current = await ports.get(child.port.id);
  const profile = { ...profileWithoutParent(current), ...parent };
  const { revision_number: ifMatch } = current;
  await ports.update(current.id, { 'binding:profile': profile }, ifMatch === undefined ? {} : { ifMatch });
  // Only the profile: the reconciler compares the other fields with the port as it was when the NIC was made.
  child.port = { ...child.port, 'binding:profile': profile };
}
