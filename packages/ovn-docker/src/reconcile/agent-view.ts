import type { Port } from '@ovn-docker/openstack';
import type { PluggedPort } from '../clients/vm-switch.ts';
import { interfaceNames, rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';
import type { Vm } from '../vm/vm.ts';
import type { Down } from './down-ports.ts';
import type { Observation } from './observe.ts';

/** What the agent holds, for comparison with what was observed. */
export interface Held {
  readonly nics: readonly Nic[];
  readonly draining: readonly Nic[];
  /** Networks that have a note on the bridge: Neutron's id by Docker's. */
  readonly dockerNetworks: ReadonlyMap<string, string>;
  readonly vm: Pick<Vm, 'mode' | 'vifId' | 'vlans'>;
  /** Whether a NIC's pair is complete and its other end is in the VM. */
  isWhole(nic: Nic): boolean;
  /** Whether the other end of its pair is in a container. */
  isElsewhere(nic: Nic): boolean;
  /** What is known of a port that is DOWN and should not be. */
  down(portId: string): Down | undefined;
  /** The label of the container that its pair was made for. */
  labelOf(nic: Nic): string | undefined;
}

/** What was observed, by what a NIC knows of it: each of 4,094 NICs looks for its own parts. */
export interface Parts {
  readonly ports: ReadonlyMap<string, Port>;
  readonly rows: ReadonlyMap<string, PluggedPort>;
  readonly links: ReadonlySet<string>;
}

export function partsByName({ ports, rows, links }: Observation): Parts {
  return {
    ports: new Map(ports.map((port) => [port.id, port])),
    rows: new Map(rows.map((row) => [row.name, row])),
    links: new Set(links.map(({ name }) => name)),
  };
}

/** Its port on the VM's bridge. */
export function rowOf({ port, vlan }: Nic, { rows }: Parts): PluggedPort | undefined {
  if (!port || vlan === undefined) return undefined;
  const row = rows.get(interfaceNames(vlan).vmEnd);
  return row?.externalIds[rowKeys.ifaceId] === port.id ? row : undefined;
}

/** A NIC in words, for people. */
export function describe({ target, port, vlan }: Nic): string {
  const addresses = port?.fixed_ips.map(({ ip_address }) => ip_address).join(' ') ?? '';
  return `NIC ${addresses} of ${target.network.name || target.network.id}, VLAN ${vlan ?? '-'}`;
}
