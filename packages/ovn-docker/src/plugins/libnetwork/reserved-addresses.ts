import type { Neutron } from '@ovn-docker/openstack';
import { addressToNumber, parseCidr } from '../../addresses/cidr.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { requireGateway, shownGateway } from '../../networks/gateway.ts';
import type { Engine } from '../../nics/engine.ts';
import { parseIpamPoolId } from './ipam-pool-id.ts';

/**
 * The address that Docker shows as the gateway of a network, with its prefix length. For a new subnet it is
 * the requested address, or else the first host. An existing subnet keeps its gateway.
 * @param requested the address that Docker names, or ''
 * @throws OvnDockerError `E_NETWORK_OPTION` when the existing subnet has another gateway
 */
export async function gatewayAddress(
  neutron: Neutron,
  ipamPoolId: string,
  requested: string,
): Promise<string> {
  const ipamPool = parseIpamPoolId(ipamPoolId);
  if (ipamPool.kind === 'cidr') {
    const { prefixLength, firstHost } = parseCidr(ipamPool.cidr);
    return `${requested || firstHost}/${prefixLength}`;
  }
  const subnet = await explained(neutron.subnets.get(ipamPool.subnetId));
  requireGateway(subnet, requested);
  return `${shownGateway(subnet)}/${parseCidr(subnet.cidr).prefixLength}`;
}

/**
 * An address that no container may have (`--aux-address`), with its prefix length. CreateNetwork excludes it
 * from the allocation pools of a new subnet. In an existing subnet Neutron must not be able to assign it.
 * @throws OvnDockerError `E_NETWORK_OPTION` when Neutron may assign the address to a container
 */
export async function reservedAddress(
  engine: Engine,
  ipamPoolId: string,
  requested: string,
): Promise<string> {
  const ipamPool = parseIpamPoolId(ipamPoolId);
  if (ipamPool.kind === 'cidr') return `${requested}/${parseCidr(ipamPool.cidr).prefixLength}`;
  const { subnetId } = ipamPool;
  const { cidr, network_id, allocation_pools } = await explained(engine.neutron.subnets.get(subnetId));
  const number = addressToNumber(requested);
  const isAllocatable = allocation_pools.some(
    ({ start, end }) => addressToNumber(start) <= number && number <= addressToNumber(end),
  );
  if (isAllocatable) {
    const query = { network_id, fixed_ips: `ip_address=${requested}`, fields: ['id'] };
    const [holder] = await explained(engine.neutron.ports.all(query));
    if (!holder || engine.nics.withAddress(subnetId, requested)) {
      throw new OvnDockerError(
        'E_NETWORK_OPTION',
        `Neutron may assign ${requested} of subnet ${cidr} to a container`,
        {
          hint: 'create a port with the address, or remove it from the allocation pools of the subnet',
        },
      );
    }
  }
  return `${requested}/${parseCidr(cidr).prefixLength}`;
}
