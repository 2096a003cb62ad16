export { nicIdOf, portTags } from '../clients/neutron/port-tags.ts';

/**
 * Interface names come from the VLAN: it is unique inside the VM, and "ovn-4094c" is well below the 15 bytes that
 * Linux allows (IFNAMSIZ), so two NICs can never ask for one name, however their ids begin.
 */
export function interfaceNames(vlan: number): { vmEnd: string; containerEnd: string } {
  return { vmEnd: `ovn-${vlan}`, containerEnd: `ovn-${vlan}c` };
}

/** The VLAN in the name of the VM's end of a pair; undefined for other names. */
export function vlanOfName(name: string): number | undefined {
  const [, vlan] = /^ovn-([1-9]\d{0,3})$/.exec(name) ?? [];
  return vlan === undefined ? undefined : Number(vlan);
}

/** Whether an interface has a name that {@link interfaceNames} gives. */
export function isOurInterface(name: string): boolean {
  return /^ovn-\d{1,4}c?$/.test(name);
}

/** Keys in `external_ids` of our rows in the VM's Open_vSwitch database. */
export const rowKeys = {
  /** OVN integration guide: the logical port behind an interface, and its MAC. */
  ifaceId: 'iface-id',
  attachedMac: 'attached-mac',
  nic: 'ovn-docker:nic',
  network: 'ovn-docker:network',
  /** Of a port that was there before us: what marks it in Neutron, its owner may have removed. */
  existing: 'ovn-docker:existing',
  /** Of a NIC that is somebody's: since when, whose, and what Docker was told. */
  claimed: 'ovn-docker:claimed',
  label: 'ovn-docker:label',
  container: 'ovn-docker:container',
  endpoint: 'ovn-docker:endpoint',
  promised: 'ovn-docker:promised',
} as const;

/** Labels on containers. */
export const containerLabels = {
  /** On those that the command line wrapper started: the label of their NIC's claim. */
  nic: 'org.ovn-docker.nic',
  /** Names or ids of security groups that a container's ports have besides, with commas between. */
  securityGroups: 'org.ovn-docker.security-groups',
} as const;
