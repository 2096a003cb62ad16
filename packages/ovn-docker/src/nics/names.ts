/**
 * Interface names come from the VLAN: it is unique inside the VM, and "ovn-4094c" is well below the 15 bytes that
 * Linux allows (IFNAMSIZ), so two NICs can never ask for one name, however their ids begin.
 */
export function interfaceNames(vlan: number): { vmEnd: string; containerEnd: string } {
  return { vmEnd: `ovn-${vlan}`, containerEnd: `ovn-${vlan}c` };
}

/** Marks on Neutron ports, so that what we made is found again after a crash (docs/decisions/design.md, decision 1). */
export const portTags = {
  ours: 'ovn-docker',
  vif: (vifId: string) => `ovn-docker:vif=${vifId}`,
  nic: (nicId: string) => `ovn-docker:nic=${nicId}`,
} as const;

/** The NIC's id among a port's tags. */
export function nicIdOf(tags: readonly string[] | undefined): string | undefined {
  const prefix = portTags.nic('');
  return tags?.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}

/** Keys in `external_ids` of our rows in the VM's Open_vSwitch database. */
export const rowKeys = {
  /** OVN integration guide: the logical port behind an interface, and its MAC. */
  ifaceId: 'iface-id',
  attachedMac: 'attached-mac',
  nic: 'ovn-docker:nic',
  container: 'ovn-docker:container',
  endpoint: 'ovn-docker:endpoint',
  network: 'ovn-docker:network',
} as const;

/** Labels on containers that the command line wrapper started. */
export const containerLabels = {
  nic: 'org.ovn-docker.nic',
} as const;
