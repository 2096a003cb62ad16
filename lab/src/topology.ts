/**
 * Hypervisors and their addresses on the underlay. All labs have the same machines and addresses, in separate
 * namespaces.
 */
export const hypervisors = [
  { name: 'hv1', underlay: '10.77.0.11' },
  { name: 'hv2', underlay: '10.77.0.12' },
] as const;

/** The tenants' VMs and their hypervisors. */
export const vms = [
  { name: 'vm-a', hypervisor: 'hv1', tenant: 'alice' },
  { name: 'vm-b', hypervisor: 'hv2', tenant: 'alice' },
  { name: 'vm-c', hypervisor: 'hv1', tenant: 'bob' },
] as const;

/**
 * All machines. `switch` contains only the two bridges that connect several machines; `phys` is a physical
 * machine.
 */
export const machineNames = [
  'switch',
  'central',
  'api',
  'phys',
  ...hypervisors.map(({ name }) => name),
  ...vms.map(({ name }) => name),
] as const;

export type MachineName = (typeof machineNames)[number];
export type Tenant = (typeof vms)[number]['tenant'];
export const tenants = ['alice', 'bob'] as const satisfies readonly Tenant[];

/** The network of the hypervisors' tunnels. */
export const underlay = {
  /** Geneve adds 58 bytes: 1500 is enough for an MTU of 1442, and 1600 also for a VM's full frame. */
  mtu: 1600,
  prefixLength: 24,
  central: '10.77.0.1',
  api: '10.77.0.5',
} as const;

/** The management network of the VMs, the physical machine and the API host. It is the provider network. */
export const management = {
  name: 'mgmt',
  physicalNetwork: 'physnet1',
  cidr: '10.1.0.0/24',
  prefixLength: 24,
  allocationPool: { start: '10.1.0.10', end: '10.1.0.99' },
  api: '10.1.0.5',
  phys: '10.1.0.100',
} as const;

/** Link-local address of the metadata service, the same in every cloud. */
export const METADATA = '169.254.169.254';

/** URLs of Keystone and Neutron. */
export const urls = {
  identity: `http://${management.api}:5000/v3`,
  network: `http://${management.api}:9696`,
} as const;

/** TCP ports of OVN's databases. */
export const ports = { northbound: 6641, southbound: 6642 } as const;
