import type { Link } from '@ovn-docker/netlink';
import type { Port } from '@ovn-docker/openstack';
import { portTags } from '../../src/clients/neutron/port-tags.ts';
import { type Claim, type Nic, requirePlugged } from '../../src/nics/nic.ts';
import { accessPortOf } from '../../src/nics/row-identity.ts';
import type { AgentView } from '../../src/reconcile/agent-view.ts';
import { findDifferences } from '../../src/reconcile/find.ts';
import type { DockerView, Observation } from '../../src/reconcile/observe.ts';
import { pluggedPort } from './plugged-port.ts';
import { createWorld, VIF } from './world.ts';

const { target } = createWorld();
export const PATIENCE = { patienceMs: 60_000 };
export const NOW = 1_000_000;

/** The port of the NIC with this id. */
export const portOf = (id: string, more: Partial<Port> = {}): Port =>
  ({
    id: `port-${id}`,
    mac_address: 'fa:16:3e:00:00:01',
    admin_state_up: true,
    fixed_ips: [{ subnet_id: 'subnet-1', ip_address: '10.0.0.7' }],
    security_groups: ['default'],
    tags: [portTags.ours, portTags.vif(VIF), portTags.nic(id)],
    ...more,
  }) as unknown as Port;

export const nicOf = (id: string, vlan: number, more: Partial<Nic> = {}): Nic =>
  ({ id, vlan, state: 'warm', target, wants: { name: '' }, port: portOf(id), ...more }) as unknown as Nic;

/** State and claim of a NIC that has been claimed for the patience. */
export const claimed = (claim: Partial<Claim>): Partial<Nic> => ({
  state: 'claimed',
  claim: { since: NOW - PATIENCE.patienceMs, promised: new Set(), ...claim },
});

export const rowOf = (nic: Nic) => pluggedPort(accessPortOf(requirePlugged(nic)));

/** The VM's end of a NIC's pair, and the container's end unless a container has it. */
export const linksOf = ({ vlan = 0, port, claim }: Nic): Link[] => {
  const vmEnd = { index: 2 * vlan, name: `ovn-${vlan}`, alias: `ovn-docker ${port?.id}` };
  const common = { mtu: 1442, up: true, mac: port?.mac_address ?? '' };
  const containerEnd = { ...common, index: 2 * vlan + 1, name: `ovn-${vlan}c` };
  return [{ ...common, ...vmEnd }, ...(claim ? [] : [containerEnd])];
};

const networkWith = (macs: ReadonlyMap<string, string>) => ({
  macs,
  options: {},
  ipamOptions: {},
  cidrs: ['10.0.0.0/24'],
  internal: false,
});

/**
 * Docker with one network of the driver, endpoints by id with their MAC addresses, and running containers by
 * label.
 */
export const dockerWith = (endpoints: Record<string, string> = {}, labels: string[] = []): DockerView => ({
  networks: new Map([['docker-1', networkWith(new Map(Object.entries(endpoints)))]]),
  labelled: new Map(labels.map((label) => [label, { id: `container-${label}`, label, isRunning: true }])),
});

interface Scene {
  nics?: Nic[];
  draining?: Nic[];
  /** NICs that have all their parts in Neutron and in the VM. */
  complete?: Nic[];
  view?: Partial<AgentView>;
  observation?: Partial<Observation>;
}

/** The kinds of what {@link findAll} returns. */
export const find = (scene: Scene) => findAll(scene).map(({ kind }) => kind);

/** The findings in a VM where everything is right except what the scene changes. */
export function findAll({ nics = [], draining = [], complete = nics, view = {}, observation = {} }: Scene) {
  const knownBefore = new Set([...nics, ...draining].map(({ id }) => id));
  return findDifferences(
    {
      nics,
      draining,
      dockerNetworks: new Map([['docker-1', 'network-1']]),
      vm: createWorld().vm,
      isElsewhere: () => false,
      labelOf: () => undefined,
      down: () => undefined,
      areDownTogether: false,
      ...view,
    },
    {
      at: NOW,
      knownBefore,
      completeBefore: knownBefore,
      vlansBefore: new Set(),
      vlanUsers: new Map(complete.map(({ vlan = 0 }) => [vlan, [`ovn-${vlan}`]])),
      dockerNetworksBefore: ['docker-1'],
      ports: complete.flatMap(({ port }) => port ?? []),
      subports: new Map(complete.map(({ port, vlan }) => [port?.id ?? '', vlan ?? 0])),
      rows: complete.map(rowOf),
      interfaces: complete.flatMap(linksOf),
      loud: new Set<number>(),
      master: undefined,
      madeNetworks: [],
      parentStatus: 'ACTIVE',
      docker: dockerWith(),
      guard: { missing: [], stale: [] },
      ...observation,
    },
    PATIENCE,
  );
}
