import type { ListQuery, Port } from '@ovn-docker/openstack';
import { ipVersionOf } from '../addresses/ip-version.ts';
import { portTags } from '../clients/neutron/port-tags.ts';
import { explained } from '../clients/neutron/refusals.ts';
import { OvnDockerError } from '../errors.ts';
import { holds } from '../lifecycle/free-addresses.ts';
import { removeStrayPort } from '../lifecycle/remove-strays.ts';
import type { Engine } from '../nics/engine.ts';
import type { NicPool } from '../nics/pool.ts';

/** The addresses that a request names for a port; Neutron chooses the rest. */
interface RequestedAddresses {
  readonly addresses: readonly string[];
  readonly mac?: string | undefined;
}

/**
 * Finds the port that a tenant created in advance for a container, by the MAC address or the first IP address
 * of `docker run`. The port must be unused: no device, no trunk, no tag of ovn-docker. The agent does not
 * change it, so it must have all requested addresses.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when the port is in use or lacks a requested address;
 * `E_VLANS_EXHAUSTED`
 */
export async function findExistingPort(
  engine: Engine,
  { target }: NicPool,
  { addresses, mac }: RequestedAddresses,
): Promise<Port | undefined> {
  const { id: networkId } = target.network;
  const [address = ''] = addresses;
  // If an unclaimed NIC holds the address, `acquire` takes that NIC or deletes it: Neutron need not be asked.
  const wanted = { networkId, ...(mac === undefined ? { addresses: [address] } : { mac }) };
  const holder = engine.nics.all().find((nic) => holds(nic, wanted));
  if (holder && !holder.claim && (holder.state === 'warm' || holder.state === 'making')) return undefined;
  // Without a free VLAN the request fails, whatever Neutron answers.
  const { vlans } = await engine.vm();
  if (vlans.free === 0) throw vlans.exhausted();
  const filter = mac === undefined ? { fixed_ips: `ip_address=${address}` } : { mac_address: mac };
  const port = await findPort(engine, { network_id: networkId, ...filter });
  return port && requireAddresses(requireUnused(port, mac ?? address), { addresses, mac });
}

/** Asks Neutron for a port. Deletes a port that an earlier agent of this VM made for a NIC that is gone. */
async function findPort(engine: Engine, query: ListQuery): Promise<Port | undefined> {
  const find = async () => (await explained(engine.neutron.ports.all(query)))[0];
  const port = await find();
  const isOfVm = port?.tags?.includes(portTags.vif((await engine.vm()).vifId));
  if (!port || !isOfVm) return port;
  await removeStrayPort(engine, port);
  return find();
}

function requireUnused(port: Port, address: string): Port {
  const isOfAgent = port.tags?.some((tag) => tag.startsWith('ovn-docker'));
  const parent = port['binding:profile']?.parent_name;
  if (!port.device_id && !port.device_owner && !isOfAgent && parent === undefined) return port;
  const user = isOfAgent
    ? 'another container'
    : port.device_owner || port.device_id || `parent port ${parent}`;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `${address} belongs to port ${port.id} of ${user}`);
}

/**
 * Checks that an existing port has the requested addresses: the agent does not change the port, and Docker
 * shows the requested addresses to the container.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` with the addresses that the port has
 */
export function requireAddresses(port: Port, { addresses, mac }: RequestedAddresses): Port {
  const portAddresses = port.fixed_ips.map(({ ip_address }) => ip_address);
  const hasMac = mac === undefined || mac === port.mac_address;
  if (hasMac && addresses.every((address) => portAddresses.includes(address))) return port;
  const requested = [...addresses, ...(mac === undefined ? [] : [mac])];
  const options = portAddresses.map(
    (address) => `${ipVersionOf(address) === 6 ? '--ip6' : '--ip'} ${address}`,
  );
  throw new OvnDockerError(
    'E_ADDRESS_IN_USE',
    `port ${port.id} has ${[...portAddresses, port.mac_address].join(' and ')}, not ${requested.join(' and ')}`,
    {
      hint: `use the addresses of the port: ${options.join(' ')}${hasMac ? '' : '; leave --mac-address out'}`,
    },
  );
}

/**
 * Checks a MAC address that Docker names only after the container got addresses of another port.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when a port with the MAC address is in use or lacks these
 * addresses
 */
export async function requireMacAvailable(
  engine: Engine,
  networkId: string,
  mac: string,
  addresses: readonly string[],
): Promise<void> {
  const port = await findPort(engine, { network_id: networkId, mac_address: mac });
  if (port) requireAddresses(requireUnused(port, mac), { addresses });
}
