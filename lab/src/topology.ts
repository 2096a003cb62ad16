/** What the lab is made of: machines, cables and addresses. Each lab has its own namespaces, so all labs share these. */
export const hypervisors = [
  { name: 'hv1', underlay: '10.77.0.11' },
  { name: 'hv2', underlay: '10.77.0.12' },
] as const;

export const vms = [
  { name: 'vm-a', hypervisor: 'hv1', tenant: 'alice' },
  { name: 'vm-b', hypervisor: 'hv2', tenant: 'alice' },
  { name: 'vm-c', hypervisor: 'hv1', tenant: 'bob' },
] as const;

/** `switch` is no machine of the story: it holds the two cables that join several machines. */
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

export const underlay = {
  /** Geneve over it takes 58 bytes, so that 1442 fits into 1500; 1600 leaves room for a full VM frame too. */
  mtu: 1600,
  prefixLength: 24,
  central: '10.77.0.1',
  api: '10.77.0.5',
} as const;

/** The management network is the provider network: VMs, the physical machine and the API host share it. */
export const management = {
  name: 'mgmt',
  physicalNetwork: 'physnet1',
  cidr: '10.1.0.0/24',
  prefixLength: 24,
  pool: { start: '10.1.0.10', end: '10.1.0.99' },
  api: '10.1.0.5',
  phys: '10.1.0.100',
} as const;

/** Link-local address of the metadata service, as every cloud has it. */
export const METADATA = '169.254.169.254';

export const urls = {
  identity: `http://${management.api}:5000/v3`,
  network: `http://${management.api}:9696`,
} as const;

export const ports = { northbound: 6641, southbound: 6642 } as const;
