import type { Link } from '@ovn-docker/netlink';
import type { Port } from '@ovn-docker/openstack';
import type { PluggedPort } from '../clients/vm-switch.ts';
import { dockerNetworks } from '../networks/docker-networks.ts';
import type { Engine } from '../nics/engine.ts';
import type { Seen } from '../nics/health.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import { isPlugged, type Nic, type PluggedNic } from '../nics/nic.ts';
import { readAlias } from '../nics/pair-alias.ts';
import { isElsewhere, labelOnPair, viewOf } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';
import type { Down, DownPorts } from './down-ports.ts';
import type { Observation } from './observe.ts';

/** What the agent knows, to be compared with an {@link Observation}. */
export interface AgentView {
  readonly nics: readonly Nic[];
  readonly draining: readonly Nic[];
  /** Neutron's network id by Docker's, of the Docker networks that the bridge's row names. */
  readonly dockerNetworks: ReadonlyMap<string, string>;
  readonly vm: Pick<Vm, 'parentLinks' | 'vmSwitch'>;
  /** Whether the container's end of a NIC's veth pair is in a container. */
  isElsewhere(nic: Nic): boolean;
  /** Since when a port is DOWN; undefined if it is not DOWN, or if DOWN means nothing ({@link DownPorts}). */
  down(portId: string): Down | undefined;
  /** Whether many ports are DOWN together ({@link DownPorts}). */
  readonly areDownTogether: boolean;
  /** The container label on a NIC's veth pair. */
  labelOf(nic: Nic): string | undefined;
}

/** Takes the agent's view now; veth pairs are looked up in the interfaces of the observation. */
export function agentView(
  { nics, draining }: Engine,
  vm: Vm,
  { interfaces }: Pick<Observation, 'interfaces'>,
  downPorts: Pick<DownPorts, 'get' | 'areTogether'>,
): AgentView {
  const observed = viewOf(interfaces);
  const records = [...dockerNetworks.all(vm.vmSwitch)];
  return {
    nics: nics.all(),
    draining: [...draining],
    dockerNetworks: new Map(records.map(([dockerId, { network }]) => [dockerId, network])),
    vm,
    isElsewhere: (nic) => isElsewhere(nic, observed),
    down: (portId) => downPorts.get(portId),
    areDownTogether: downPorts.areTogether,
    labelOf: (nic) => labelOnPair(nic, observed),
  };
}

/** An observation, indexed by the names that a NIC knows: each of 4,094 NICs looks up its own parts. */
export interface Parts {
  readonly ports: ReadonlyMap<string, Port>;
  readonly rows: ReadonlyMap<string, PluggedPort>;
  /** The VM's interfaces with the agent's names, and the VM's ends that were renamed, by name. */
  readonly interfaces: ReadonlyMap<string, Link>;
  /** The VM's ends of veth pairs, by the id of their port. */
  readonly vmEnds: ReadonlyMap<string, Link>;
  readonly loud: ReadonlySet<number>;
  readonly master: number | undefined;
}

export function partsByName({ ports, rows, interfaces, loud, master }: Observation): Parts {
  return {
    ports: new Map(ports.map((port) => [port.id, port])),
    rows: new Map(rows.map((row) => [row.name, row])),
    interfaces: new Map(interfaces.map((link) => [link.name, link])),
    vmEnds: new Map(interfaces.map((link) => [readAlias(link.alias)?.portId ?? '', link])),
    loud,
    master,
  };
}

/** What the observation shows of a NIC in the VM's kernel and switch. */
export function seenIn({ rows, interfaces, vmEnds, loud, master }: Parts, { vlan, port }: PluggedNic): Seen {
  const { vmEnd, containerEnd } = interfaceNames(vlan);
  const end = interfaces.get(vmEnd) ?? vmEnds.get(port.id);
  return {
    row: rows.get(vmEnd),
    vmEnd: end,
    isQuiet: end && !loud.has(end.index),
    containerEnd: interfaces.get(containerEnd),
    master,
  };
}

/** The NIC's port on the VM's bridge. */
export function rowOf(nic: Nic, { rows }: Parts): PluggedPort | undefined {
  if (!isPlugged(nic)) return undefined;
  const row = rows.get(interfaceNames(nic.vlan).vmEnd);
  return row?.externalIds[rowKeys.ifaceId] === nic.port.id ? row : undefined;
}

/** Describes a NIC for people. */
export function describe({ target, port, vlan }: Nic): string {
  const addresses = port?.fixed_ips.map(({ ip_address }) => ip_address).join(' ') ?? '';
  return `NIC ${addresses} of ${target.network.name || target.network.id}, VLAN ${vlan ?? '-'}`;
}
