import type { Port } from '@ovn-docker/openstack';
import { explained } from '../clients/neutron/refusals.ts';
import { OvnDockerError } from '../errors.ts';
import type { Engine } from '../nics/engine.ts';
import type { NicPool } from '../nics/pool.ts';
import { vlansExhausted } from '../vm/vlans.ts';

/** What is asked of a port; whatever is missing, it may have as it likes. */
interface PortWish {
  readonly addresses: readonly string[];
  readonly mac?: string | undefined;
}

/**
 * The port that a tenant made before for a container, by the MAC or the first IP address that `docker run` names. Nobody may
 * use it: no device, no trunk, none of our marks. It stays as it is, so it must be all that is asked for.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when the port is somebody's, or another one than was asked for; `E_VLANS_EXHAUSTED`
 */
export async function findExistingPort(
  engine: Engine,
  { target }: NicPool,
  { subnetId, addresses, mac }: PortWish & { readonly subnetId: string },
): Promise<Port | undefined> {
  const [address] = addresses;
  // A NIC of ours has it that is nobody's: that one is taken or makes room, and Neutron need not be asked.
  const own = address === undefined ? undefined : engine.nics.withAddress(subnetId, address);
  const isFree = own && !own.claim && (own.state === 'warm' || own.state === 'making');
  if (mac === undefined && isFree) return undefined;
  // Whatever Neutron answered, there would be no VLAN for it.
  if ((await engine.vm()).vlans.free === 0) throw vlansExhausted();
  const by = mac === undefined ? { fixed_ips: `ip_address=${address}` } : { mac_address: mac };
  const [port] = await explained(engine.neutron.ports.all({ network_id: target.network.id, ...by }));
  return port && requireAsWished(requireUnused(port, mac ?? address ?? ''), { addresses, mac });
}

function requireUnused(port: Port, address: string): Port {
  const isOurs = port.tags?.some((tag) => tag.startsWith('ovn-docker'));
  const parent = port['binding:profile']?.parent_name;
  if (!port.device_id && !port.device_owner && !isOurs && parent === undefined) return port;
  const user = isOurs ? 'another container' : port.device_owner || port.device_id || `parent port ${parent}`;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `${address} belongs to port ${port.id} of ${user}`);
}

/**
 * An existing port is taken as it is, and Docker tells the container what was asked for: they must be the same.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` with what the port has
 */
export function requireAsWished(port: Port, { addresses, mac }: PortWish): Port {
  const has = port.fixed_ips.map(({ ip_address }) => ip_address);
  const isMac = mac === undefined || mac === port.mac_address;
  if (isMac && addresses.every((address) => has.includes(address))) return port;
  const wanted = [...addresses, ...(mac === undefined ? [] : [mac])];
  const options = has.map((address) => `${address.includes(':') ? '--ip6' : '--ip'} ${address}`);
  throw new OvnDockerError(
    'E_ADDRESS_IN_USE',
    `port ${port.id} has ${[...has, port.mac_address].join(' and ')}, not ${wanted.join(' and ')}`,
    { hint: `name what it has: ${options.join(' ')}${isMac ? '' : `; leave --mac-address out`}` },
  );
}

/**
 * A MAC address that Docker names after it was told another port's addresses.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when a port has it already, with what to do
 */
export async function requireNoPortWithMac(
  engine: Engine,
  networkId: string,
  mac: string,
  addresses: readonly string[],
): Promise<void> {
  const query = { network_id: networkId, mac_address: mac };
  const [port] = await explained(engine.neutron.ports.all(query));
  if (port) requireAsWished(requireUnused(port, mac), { addresses });
}
