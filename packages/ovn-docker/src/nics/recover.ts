import type { Neutron, Port } from '@ovn-docker/openstack';
import { fetchNetworks, type NetworkWithSubnets } from '../clients/neutron/networks.ts';
import { nicIdOf, portTags } from '../clients/neutron/port-tags.ts';
import { explained } from '../clients/neutron/refusals.ts';
import type { PluggedPort } from '../clients/vm-switch.ts';
import { vlanOfBinding } from '../vm/parent-link/binding-link.ts';
import type { Subports } from '../vm/parent-link/parent-links.ts';
import type { Vm } from '../vm/vm.ts';
import { readClaim } from './claim-notes.ts';
import { rowKeys, vlanOfName } from './names.ts';
import type { Nic, NicWishes, Target } from './nic.ts';
import { readPort } from './port-note.ts';

/** This VM's children in Neutron and in the VM's switch, read once. */
export interface Children {
  /** Ports with this VM's Neutron tag or named by the agent's rows: users can remove Neutron tags. */
  readonly ports: readonly Port[];
  readonly subports: Subports;
  /** Ports of the VM's bridge. */
  readonly rows: readonly PluggedPort[];
}

/** The fields of a port that the agent reads. For 4,094 ports, all fields would double the answer. */
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

/** @throws OvnDockerError when Neutron is away */
export async function observeChildren(
  neutron: Neutron,
  { vifId, vmSwitch, parentLinks }: Pick<Vm, 'vifId' | 'vmSwitch' | 'parentLinks'>,
): Promise<Children> {
  const [tagged, subports] = await Promise.all([
    explained(neutron.ports.all({ tags: portTags.vif(vifId), fields: PORT_FIELDS })),
    explained(parentLinks.subports()),
  ]);
  const rows = vmSwitch.ports();
  return { ports: [...tagged, ...(await untagged(neutron, tagged, rows))], subports, rows };
}

/** The ports that the agent's rows name and that have lost this VM's Neutron tag. */
async function untagged(
  neutron: Neutron,
  tagged: readonly Port[],
  rows: readonly PluggedPort[],
): Promise<Port[]> {
  const known = new Set(tagged.map(({ id }) => id));
  const ids = rows.flatMap(({ externalIds: { [rowKeys.nic]: nic, [rowKeys.ifaceId]: id } }) =>
    nic === undefined || id === undefined || known.has(id) ? [] : [id],
  );
  // The client splits a query that would make the URL too long.
  return ids.length === 0 ? [] : await explained(neutron.ports.all({ id: ids, fields: PORT_FIELDS }));
}

/** The VLANs in use under the VM's own port in Neutron, by this agent or by other programs. */
export function usedVlans({ ports, subports }: Pick<Children, 'ports' | 'subports'>): number[] {
  return [...subports.values(), ...ports.map(vlanOfBinding)].filter((vlan) => vlan !== undefined);
}

/** Rebuilds every NIC that an earlier agent of this VM made ({@link rebuildNics}); asks for its networks. */
export async function recoverNics(neutron: Neutron, children: Children): Promise<Nic[]> {
  const ids = children.ports.map(({ network_id }) => network_id);
  return rebuildNics(neutron, children, await fetchNetworks(neutron, ids));
}

/**
 * This VM's children as its rows alone show them: what an earlier agent knew when it wrote the rows. A row
 * whose port it does not describe is left out.
 */
export function recallChildren(rows: readonly PluggedPort[], vifId: string): Children {
  const recalled = rows.flatMap((row) => {
    const port = readPort(row, vifId);
    const vlan = vlanOfName(row.name);
    return port && vlan !== undefined ? [{ port, vlan }] : [];
  });
  const carried = recalled.filter(({ port }) => port['binding:profile'] === undefined);
  return {
    ports: recalled.map(({ port }) => port),
    subports: new Map(carried.map(({ port, vlan }) => [port.id, vlan])),
    rows,
  };
}

/**
 * Rebuilds every NIC that an earlier agent of this VM made. Neutron has the ports, the trunk or the ports'
 * binding profiles have the VLANs, and the VM's switch shows what is plugged and claimed. If they disagree
 * about a VLAN, the plugged pair decides, and the reconciler corrects the others.
 */
export function rebuildNics(
  neutron: Neutron,
  children: Children,
  networks: ReadonlyMap<string, NetworkWithSubnets>,
): Nic[] {
  const rows = new Map(children.rows.map((row) => [row.externalIds[rowKeys.ifaceId], row]));
  const nics = children.ports.flatMap((port) => {
    const row = rows.get(port.id);
    const id = row?.externalIds[rowKeys.nic] ?? nicIdOf(port.tags);
    const network = networks.get(port.network_id);
    if (id === undefined || network === undefined) return [];
    // Other programs can change a row's VLAN, but only the agent makes the pair that gives the row its name.
    const plugged = row && vlanOfName(row.name);
    const vlan = plugged ?? children.subports.get(port.id) ?? vlanOfBinding(port);
    const claim = row && readClaim(row.externalIds);
    const nic: Nic = {
      id,
      neutron,
      target: targetOf(port, network),
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

/**
 * If Neutron carried out a request twice, two ports have the same NIC id. Keeps the port that is plugged, or
 * else the port that has a VLAN.
 */
function withoutTwins(nics: readonly Nic[], plugged: ReadonlySet<string | undefined>): Nic[] {
  const best = new Map<string, Nic>();
  const rank = ({ port, vlan }: Nic) => (plugged.has(port?.id) ? 2 : vlan === undefined ? 0 : 1);
  for (const nic of nics) {
    const other = best.get(nic.id);
    if (!other || rank(nic) > rank(other)) best.set(nic.id, nic);
  }
  return [...best.values()];
}

/** The network, with the subnets that the port has addresses on. */
function targetOf(port: Port, { network, subnets }: NetworkWithSubnets): Target {
  const ids = new Set(port.fixed_ips.map(({ subnet_id }) => subnet_id));
  return { network, subnets: subnets.filter(({ id }) => ids.has(id)) };
}

function wishesOf(port: Port, row: PluggedPort | undefined): NicWishes {
  const { name, tags } = port;
  if (tags?.includes(portTags.plain)) return { name };
  const isExisting = tags?.includes(portTags.existing) || row?.externalIds[rowKeys.existing] !== undefined;
  if (isExisting) return { name, existing: port };
  return { name, addresses: port.fixed_ips.map(({ ip_address }) => ip_address) };
}
