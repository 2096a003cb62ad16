import type { Neutron } from '@ovn-docker/openstack';
import { addressToNumber, parseCidr } from '../../addresses/cidr.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Engine } from '../../nics/engine.ts';
import { requireGateway } from './create-network.ts';
import { parsePoolId } from './pool-id.ts';

/**
 * The address that Docker shows as the gateway of a network, with its prefix length: the one that it names, else the first host
 * of a subnet that is still to be made. An existing subnet has the gateway that it has; for none, which Docker
 * cannot express, stands the network's own address, because no container can ever have that one.
 * @throws OvnDockerError `E_NETWORK_OPTION` when another one is wanted
 */
export async function gatewayAddress(neutron: Neutron, poolId: string, wanted: string): Promise<string> {
  const pool = parsePoolId(poolId);
  if (pool.kind === 'cidr') {
    const { prefixLength, firstHost } = parseCidr(pool.cidr);
    return `${wanted || firstHost}/${prefixLength}`;
  }
  const subnet = await explained(neutron.subnets.get(pool.subnetId));
  requireGateway(subnet, wanted);
  const [network, prefixLength] = subnet.cidr.split('/');
  return `${subnet.gateway_ip ?? network}/${prefixLength}`;
}

/**
 * An address that no container is to have (`--aux-address`). In a subnet that is still to be made it is left out of the
 * allocation pools; in an existing one Neutron must have no reason to give it to anybody.
 * @throws OvnDockerError `E_NETWORK_OPTION` when Neutron would give it to a container
 */
export async function keptAddress(engine: Engine, poolId: string, wanted: string): Promise<string> {
  const pool = parsePoolId(poolId);
  if (pool.kind === 'cidr') return `${wanted}/${parseCidr(pool.cidr).prefixLength}`;
  const { cidr, network_id, allocation_pools } = await explained(engine.neutron.subnets.get(pool.subnetId));
  const address = addressToNumber(wanted);
  const isFree = allocation_pools.some(
    ({ start, end }) => addressToNumber(start) <= address && address <= addressToNumber(end),
  );
  if (isFree) {
    const query = { network_id, fixed_ips: `ip_address=${wanted}`, fields: ['id'] };
    const [holder] = await explained(engine.neutron.ports.all(query));
    if (!holder || engine.nics.withAddress(pool.subnetId, wanted)) {
      throw new OvnDockerError(
        'E_NETWORK_OPTION',
        `Neutron may give ${wanted} of subnet ${cidr} to a container`,
        {
          hint: 'make a port with it, or take it out of the allocation pools of the subnet',
        },
      );
    }
  }
  return `${wanted}/${parseCidr(cidr).prefixLength}`;
}
