import type { Port } from '@ovn-docker/openstack';
import { explained } from '../../clients/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { AgentState } from '../../nics/agent-state.ts';
import type { NicPool } from '../../nics/pool.ts';

/**
 * The port that a tenant made before for a container, by the IP or MAC address that `docker run` names. Nobody may use it:
 * no device, no trunk, none of our marks.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when the port is somebody's
 */
export async function findExistingPort(
  state: AgentState,
  { target }: NicPool,
  by: { subnetId: string; address: string } | { mac: string; addresses: readonly string[] },
): Promise<Port | undefined> {
  const on = { network_id: target.network.id };
  if ('mac' in by) {
    const [port] = await explained(state.neutron.ports.all({ ...on, mac_address: by.mac }));
    return port && requireAddresses(requireUnused(port, by.mac), by.addresses);
  }
  // A NIC of ours has it that is nobody's: that one is taken or makes room, and Neutron need not be asked.
  const own = state.nics.withAddress(by.subnetId, by.address);
  if (own && !own.claim && (own.state === 'warm' || own.state === 'making')) return undefined;
  const query = { ...on, fixed_ips: `ip_address=${by.address}` };
  const [port] = await explained(state.neutron.ports.all(query));
  return port && requireUnused(port, by.address);
}

function requireUnused(port: Port, address: string): Port {
  const isOurs = port.tags?.some((tag) => tag.startsWith('ovn-docker'));
  const parent = port['binding:profile']?.parent_name;
  if (!port.device_id && !port.device_owner && !isOurs && parent === undefined) return port;
  const user = isOurs ? 'another container' : port.device_owner || port.device_id || `parent port ${parent}`;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `${address} belongs to port ${port.id} of ${user}`);
}

/** Docker is told the addresses before it tells the MAC address: those of the port with that MAC must be the ones. */
function requireAddresses(port: Port, addresses: readonly string[]): Port {
  const has = port.fixed_ips.map(({ ip_address }) => ip_address);
  if (addresses.every((address) => has.includes(address))) return port;
  throw new OvnDockerError(
    'E_ADDRESS_IN_USE',
    `${port.mac_address} belongs to port ${port.id}, which has ${has.join(' and ')} and not ${addresses.join(' and ')}`,
    { hint: `name its addresses too: --ip ${has.join(' --ip6 ')}` },
  );
}

/**
 * A MAC address that Docker names after it was told another port's addresses.
 * @throws OvnDockerError `E_ADDRESS_IN_USE` when a port has it already, with what to do
 */
export async function requireNoPortWithMac(
  state: AgentState,
  networkId: string,
  mac: string,
  addresses: readonly string[],
): Promise<void> {
  const query = { network_id: networkId, mac_address: mac };
  const [port] = await explained(state.neutron.ports.all(query));
  if (port) requireAddresses(requireUnused(port, mac), addresses);
}
