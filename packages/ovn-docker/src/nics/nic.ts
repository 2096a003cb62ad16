import type { Network, Neutron, Port, Subnet } from '@ovn-docker/openstack';

/** Where a container's end of the veth pair goes. */
export interface Place {
  /** Path of the container's network namespace, such as `/proc/PID/ns/net`. */
  readonly netns: string;
  /** Name inside the container, such as `eth0`. */
  readonly interfaceName: string;
}

/** What a NIC is on: NICs with the same target can stand in for one another. */
export interface Target {
  readonly network: Network;
  /** The subnets that give the addresses: one of each IP version is usual. */
  readonly subnets: readonly Subnet[];
  /** Ids of security groups; without them the project's default one holds. */
  readonly securityGroups?: readonly string[];
}

/**
 * Where a NIC is in its life:
 * - `found`: a former agent made it, and it is not known yet for whom
 * - `making`: its stages are being run
 * - `warm`: complete, and nobody's
 * - `claimed`: somebody's, whether the container is there already or not
 * - `draining`: on its way out; nobody finds it any more
 */
export type NicState = 'found' | 'making' | 'warm' | 'claimed' | 'draining';

/** Who has a NIC. It is written on the NIC's row in the VM's switch (`nics/claim-notes.ts`), to outlive the agent. */
export interface Claim {
  /** Milliseconds since the epoch. */
  since: number;
  /** What a `--net=none` container carries as a label. */
  label?: string;
  /** libnetwork's endpoint, once CreateEndpoint named it. */
  endpointId?: string;
  containerId?: string;
  /** The container's network namespace as libnetwork's Join named it. Not written down: it is of use for seconds. */
  sandbox?: string;
  /** Addresses that the IPAM driver has told Docker and that Docker has not given back. */
  readonly promised: Set<string>;
}

/**
 * One network interface of one container, from the wish to the packet: what is wanted is fixed at the start, the rest
 * is filled in by the stages of `attach/` in their order.
 */
export interface Nic {
  /** Our own identity of it; written on the Neutron port (a tag) and on the row in the VM's OVS. */
  readonly id: string;
  /** Neutron, as the one who asked. */
  neutron: Neutron;
  /** As Neutron last described it. */
  target: Target;
  wants: NicWishes;
  state: NicState;
  claim?: Claim;
  /** The 802.1Q tag between the VM and its hypervisor. */
  vlan?: number;
  /** The logical port: MAC and IP addresses are Neutron's answer. */
  port?: Port;
  place?: Place;
  /** Somebody has changed or deleted its port: when its container goes, it is not used again. A new agent sees it by the port. */
  isSpent?: boolean;
}

/** What a user may ask for; whatever is missing, Neutron chooses. */
export interface NicWishes {
  /** Name of the Neutron port, for people who read lists of ports. */
  readonly name: string;
  /** Addresses to have, each on one of the target's subnets. */
  readonly addresses?: readonly string[];
  readonly mac?: string;
  /** A port that is there already and that nobody uses: it is taken as it is, and left as it was. */
  readonly existing?: Port;
}

/** Whether any other NIC of its target would do as well, so that it may be used again by somebody else. */
export function isPlain({ wants }: Pick<Nic, 'wants'>): boolean {
  return wants.addresses === undefined && wants.mac === undefined && wants.existing === undefined;
}

/** An address with the length of its subnet's prefix. */
export interface NicAddress {
  readonly address: string;
  readonly cidr: string;
  readonly subnet: Subnet;
}

/** The port's addresses in the notation that interfaces take, IPv4 and IPv6. */
export function addressesOf({ port, target }: Pick<Nic, 'port' | 'target'>): NicAddress[] {
  return (port?.fixed_ips ?? []).flatMap(({ ip_address: address, subnet_id }) => {
    const subnet = target.subnets.find(({ id }) => id === subnet_id);
    if (!subnet) return [];
    const length = subnet.cidr.slice(subnet.cidr.indexOf('/'));
    return [{ address, cidr: `${address}${length}`, subnet }];
  });
}
