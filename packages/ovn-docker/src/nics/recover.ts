import type { Network, Neutron, Port, Subnet } from '@ovn-docker/openstack';
import { explained } from '../clients/neutron/refusals.ts';
import type { PluggedPort } from '../clients/vm-switch.ts';
import type { Vm } from '../vm/vm.ts';
import { readClaim } from './claim-notes.ts';
import { nicIdOf, portTags, rowKeys, vlanOfName } from './names.ts';
import type { Nic, NicWishes, Target } from './nic.ts';

type Known = Pick<Vm, 'vifId' | 'vmSwitch' | 'trunk'>;

/** What Neutron and the VM's switch say of this VM's children, asked once. */
export interface Children {
  /** Ports with our mark, and those that our rows name: marks in Neutron are the user's to change. */
  readonly ports: readonly Port[];
  /** VLAN of each subport of the trunk, whoever put it there, by the port's id. */
  readonly subports: ReadonlyMap<string, number>;
  /** Rows of the VM's switch. */
  readonly rows: readonly PluggedPort[];
}

/** What is read of a port: a VM may have 4,094 of them, and Neutron tells twice as much of each. */
const PORT_FIELDS = [
  'id',
  'name',
  'description',
  'tags',
  'status',
  'admin_state_up',
  'network_id',
  'project_id',
  'mac_address',
  'fixed_ips',
  'security_groups',
  'port_security_enabled',
  'allowed_address_pairs',
  'device_id',
  'device_owner',
  'binding:profile',
] as const satisfies readonly (keyof Port)[];

export async function observeChildren(
  neutron: Neutron,
  { vifId, vmSwitch, trunk }: Known,
): Promise<Children> {
  const [marked, subports] = await Promise.all([
    explained(neutron.ports.all({ tags: portTags.vif(vifId), fields: PORT_FIELDS })),
    explained(trunk.subports()),
  ]);
  const rows = vmSwitch.ports();
  return {
    ports: [...marked, ...(await unmarked(neutron, marked, rows))],
    subports: new Map(subports.map(({ port_id, segmentation_id }) => [port_id, segmentation_id])),
    rows,
  };
}

/** Ports of our rows that have lost their marks: renamed, given another description, other tags. */
async function unmarked(
  neutron: Neutron,
  marked: readonly Port[],
  rows: readonly PluggedPort[],
): Promise<Port[]> {
  const known = new Set(marked.map(({ id }) => id));
  const ids = rows.flatMap(({ externalIds: { [rowKeys.nic]: nic, [rowKeys.ifaceId]: id } }) =>
    nic === undefined || id === undefined || known.has(id) ? [] : [id],
  );
  // The client divides what would make too long a URL.
  return ids.length === 0 ? [] : await explained(neutron.ports.all({ id: ids, fields: PORT_FIELDS }));
}

/** VLANs that are taken under the VM's port, by us or by others. */
export function usedVlans({ ports, subports, rows }: Children): number[] {
  const bound = ports.map(vlanOfBinding);
  const tagged = rows.map(({ vlan }) => vlan);
  return [...subports.values(), ...bound, ...tagged].filter((vlan) => vlan !== undefined);
}

/**
 * Every NIC that an agent of this VM made before, from what is there: Neutron knows the ports, the trunk or the
 * binding profile their VLANs, the VM's switch what is plugged and who has it. Where they differ on the VLAN, the pair that is
 * plugged says what it was made for, and the reconciler puts the others right.
 */
export async function recoverNics(neutron: Neutron, children: Children): Promise<Nic[]> {
  const rows = new Map(children.rows.map((row) => [row.externalIds[rowKeys.ifaceId], row]));
  const networks = await networksOf(neutron, children.ports);
  const nics = children.ports.flatMap((port) => {
    const row = rows.get(port.id);
    const id = row?.externalIds[rowKeys.nic] ?? nicIdOf(port.tags);
    const on = networks.get(port.network_id);
    if (id === undefined || on === undefined) return [];
    // A row's tag is anybody's to change; its name is that of the pair, which only we make.
    const plugged = row && vlanOfName(row.name);
    const vlan = plugged ?? children.subports.get(port.id) ?? vlanOfBinding(port);
    const claim = row && readClaim(row.externalIds);
    const nic: Nic = {
      id,
      neutron,
      target: targetOf(port, on),
      wants: wishesOf(port, row),
      state: claim ? 'claimed' : 'found',
      port,
      ...(claim ? { claim } : {}),
      ...(vlan === undefined ? {} : { vlan }),
    };
    return [nic];
  });
  return withoutTwins(nics, new Set(rows.keys()));
}

/** A request that was carried out twice made two ports with one mark: the NIC's is the one that is plugged, or that has a VLAN. */
function withoutTwins(nics: readonly Nic[], plugged: ReadonlySet<string | undefined>): Nic[] {
  const best = new Map<string, Nic>();
  const rank = ({ port, vlan }: Nic) => (plugged.has(port?.id) ? 2 : vlan === undefined ? 0 : 1);
  for (const nic of nics) {
    const other = best.get(nic.id);
    if (!other || rank(nic) > rank(other)) best.set(nic.id, nic);
  }
  return [...best.values()];
}

/** The subnets of its addresses are what a port is on. */
function targetOf(port: Port, { network, subnets }: Target): Target {
  const has = new Set(port.fixed_ips.map(({ subnet_id }) => subnet_id));
  return { network, subnets: subnets.filter(({ id }) => has.has(id)) };
}

function wishesOf(port: Port, row: PluggedPort | undefined): NicWishes {
  const { name, tags } = port;
  if (tags?.includes(portTags.plain)) return { name };
  const isExisting = tags?.includes(portTags.existing) || row?.externalIds[rowKeys.existing] !== undefined;
  if (isExisting) return { name, existing: port };
  return { name, addresses: port.fixed_ips.map(({ ip_address }) => ip_address) };
}

async function networksOf(neutron: Neutron, ports: readonly Port[]): Promise<Map<string, Target>> {
  const ids = [...new Set(ports.map(({ network_id }) => network_id))];
  if (ids.length === 0) return new Map();
  const [networks, subnets] = await Promise.all([
    explained(neutron.networks.all({ id: ids })),
    explained(neutron.subnets.all({ network_id: ids })),
  ]);
  return new Map(networks.map((network) => [network.id, { network, subnets: on(subnets, network) }]));
}

function on(subnets: readonly Subnet[], { id }: Network): Subnet[] {
  return subnets.filter(({ network_id }) => network_id === id);
}

function vlanOfBinding(port: Port): number | undefined {
  const tag = port['binding:profile']?.['tag'];
  return typeof tag === 'number' ? tag : undefined;
}
