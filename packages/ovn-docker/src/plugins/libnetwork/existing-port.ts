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
  by: { subnetId: string; address: string } | { mac: string },
): Promise<Port | undefined> {
  if ('mac' in by) {
    const query = { network_id: target.network.id, mac_address: by.mac };
    const [port] = await explained(state.neutron.ports.all(query));
    return port && requireUnused(port, by.mac);
  }
  // A warm NIC of ours has it: that one is taken, and Neutron need not be asked.
  if (state.nics.withAddress(by.subnetId, by.address)?.state === 'warm') return undefined;
  const query = { network_id: target.network.id, fixed_ips: `ip_address=${by.address}` };
  const [port] = await explained(state.neutron.ports.all(query));
  return port && requireUnused(port, by.address);
}

function requireUnused(port: Port, address: string): Port {
  const isOurs = port.tags?.some((tag) => tag.startsWith('ovn-docker'));
  if (!port.device_id && !port.device_owner && !isOurs) return port;
  const user = isOurs ? 'another container' : port.device_owner || port.device_id;
  throw new OvnDockerError('E_ADDRESS_IN_USE', `${address} belongs to port ${port.id} of ${user}`);
}
