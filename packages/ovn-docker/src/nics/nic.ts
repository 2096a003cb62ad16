import type { Network, Neutron, Port, Subnet } from '@ovn-docker/openstack';

/** Where a container's end of the veth pair goes. */
export interface Place {
  /** Path of the container's network namespace, such as `/proc/PID/ns/net`. */
  readonly netns: string;
  /** Name inside the container, such as `eth0`. */
  readonly interfaceName: string;
}

/**
 * One network interface of one container, from the wish to the packet: what is wanted is fixed at the start, the rest
 * is filled in by the stages of `attach/` in their order.
 */
export interface Nic {
  /** Our own identity of it; written on the Neutron port (a tag) and on the row in the VM's OVS. */
  readonly id: string;
  /** Neutron, as the one who asked. */
  readonly neutron: Neutron;
  readonly network: Network;
  readonly subnets: readonly Subnet[];
  wants: NicWishes;
  /** When it was asked for, in milliseconds since the epoch. */
  readonly since: number;
  /** The 802.1Q tag between the VM and its hypervisor. */
  vlan?: number;
  /** The logical port: MAC and IP addresses are Neutron's answer. */
  port?: Port;
  /** libnetwork's endpoint, once CreateEndpoint named it. */
  endpointId?: string;
  /** The container, as far as it is known. */
  containerId?: string;
  place?: Place;
}

/** What a user may ask for; whatever is missing, Neutron chooses. */
export interface NicWishes {
  /** Name of the Neutron port, for people who read lists of ports. */
  readonly name: string;
  /** The subnet to take the address from. */
  readonly subnetId?: string;
  readonly address?: string;
  readonly mac?: string;
}

/** An address with the length of its subnet's prefix, and the gateway of that subnet. */
export interface NicAddress {
  readonly cidr: string;
  readonly gateway?: string;
}

/** The port's addresses in the notation that interfaces take, IPv4 and IPv6. */
export function addressesOf(nic: Nic): NicAddress[] {
  return (nic.port?.fixed_ips ?? []).flatMap(({ ip_address, subnet_id }) => {
    const subnet = nic.subnets.find(({ id }) => id === subnet_id);
    if (!subnet) return [];
    const length = subnet.cidr.slice(subnet.cidr.indexOf('/'));
    const gateway = subnet.gateway_ip ?? undefined;
    return [{ cidr: `${ip_address}${length}`, ...(gateway === undefined ? {} : { gateway }) }];
  });
}
