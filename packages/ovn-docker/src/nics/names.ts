/**
 * The names of a NIC's two interfaces. They come from the VLAN, which is unique inside the VM, so two NICs
 * never ask for the same name. "ovn-4094c" is well below Linux's limit of 15 bytes (IFNAMSIZ).
 */
export function interfaceNames(vlan: number): { vmEnd: string; containerEnd: string } {
  return { vmEnd: `ovn-${vlan}`, containerEnd: `ovn-${vlan}c` };
}

/** The VLAN in the name of the VM's end of a pair; undefined for other names. */
export function vlanOfName(name: string): number | undefined {
  const [, vlan] = /^ovn-([1-9]\d{0,3})$/.exec(name) ?? [];
  return vlan === undefined ? undefined : Number(vlan);
}

/** Whether {@link interfaceNames} could have returned the name. */
export function isOurInterface(name: string): boolean {
  return /^ovn-\d{1,4}c?$/.test(name);
}

/** Keys in `external_ids` of the agent's rows in the VM's Open_vSwitch database. */
export const rowKeys = {
  /** OVN integration guide: the logical port behind an interface, and its MAC address. */
  ifaceId: 'iface-id',
  attachedMac: 'attached-mac',
  nic: 'ovn-docker:nic',
  network: 'ovn-docker:network',
  /** The user created the port: the agent must not delete it, even if its Neutron tags are removed. */
  existing: 'ovn-docker:existing',
  /** Other source MAC addresses than the port's own that the container may use, or `any`. */
  macs: 'ovn-docker:macs',
  /** The rest of the port, by which an agent without Neutron knows it (`nics/port-note.ts`). */
  port: 'ovn-docker:port',
  /**
   * The claim: since when, for which container, the addresses that Docker knows, the ports that the user
   * publishes, and the gateways that the agent routes through.
   */
  claimed: 'ovn-docker:claimed',
  label: 'ovn-docker:label',
  container: 'ovn-docker:container',
  endpoint: 'ovn-docker:endpoint',
  promised: 'ovn-docker:promised',
  /** The claim's container is a DHCP server on purpose. */
  dhcpServer: 'ovn-docker:dhcp-server',
  published: 'ovn-docker:published',
  gateways: 'ovn-docker:gateways',
  /** What the user asks of the endpoint: for Join, which the next agent may answer. */
  interfaceName: 'ovn-docker:interface-name',
  publish: 'ovn-docker:publish',
} as const;
