import type { Network, Subnet } from '@ovn-docker/openstack';
import { OvnDockerError } from '../errors.ts';
import type { Vm } from './vm.ts';

/** RFC 8200 §5: every link must carry IPv6 packets of this size; Linux disables IPv6 on a smaller one. */
const LEAST_IPV6_MTU = 1280;

/** A network, and its subnets as far as they are known. */
interface Carried {
  readonly network: Pick<Network, 'name' | 'mtu'> & { readonly id?: string };
  readonly subnets?: readonly Pick<Subnet, 'ip_version'>[];
}

/**
 * Checks that the largest packets of a network fit through the VM's own port and its uplink, which carry them
 * with a VLAN tag that does not count. Both ways of connecting a port need this; Neutron checks it only for
 * subports of a trunk, and knows nothing of the uplink.
 * @throws OvnDockerError `E_MTU`
 */
export function requireMtu(
  { network, subnets = [] }: Carried,
  { uplink, netlink, parentMtu }: Pick<Vm, 'uplink' | 'parentMtu'> & { netlink: Pick<Vm['netlink'], 'link'> },
): void {
  const { mtu } = network;
  if (mtu === undefined) return;
  const name = network.name || network.id || 'without a name';
  if (parentMtu !== undefined && mtu > parentMtu) {
    const message = `network ${name} has MTU ${mtu}, but the VM's own port only ${parentMtu}`;
    throw new OvnDockerError('E_MTU', message);
  }
  const uplinkMtu = netlink.link(uplink)?.mtu;
  if (uplinkMtu !== undefined && mtu > uplinkMtu) {
    const message = `network ${name} has MTU ${mtu}, but the uplink ${uplink} of this VM only ${uplinkMtu}`;
    const hint = `\`ip link set dev ${uplink} mtu ${mtu}\`, and set the same MTU in the VM's own network configuration`;
    throw new OvnDockerError('E_MTU', message, { hint });
  }
  if (mtu < LEAST_IPV6_MTU && subnets.some(({ ip_version: version }) => version === 6)) {
    const message = `network ${name} has MTU ${mtu}, and IPv6 needs at least ${LEAST_IPV6_MTU}`;
    throw new OvnDockerError('E_MTU', message, { hint: 'use a larger MTU, or a network without IPv6' });
  }
}
