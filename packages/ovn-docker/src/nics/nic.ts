import type { Network, Neutron, Port, Subnet } from '@ovn-docker/openstack';
import { hasAutomaticAddresses } from '../clients/neutron/subnets.ts';
import type { PublishMode } from '../config/agent-config.ts';
import { OvnDockerError } from '../errors.ts';

/** Where a container's end of the veth pair goes. */
export interface Place {
  /** Path of the container's network namespace, such as `/proc/PID/ns/net`. */
  readonly netns: string;
  /** Name inside the container, such as `eth0`. */
  readonly interfaceName: string;
  /** The user disabled IPv6 in the container: its interface gets no IPv6 address. */
  readonly withoutIpv6?: boolean;
}

/** What a NIC is connected to. NICs with the same target are interchangeable. */
export interface Target {
  readonly network: Network;
  /** The subnets that addresses come from: usually one of each IP version. */
  readonly subnets: readonly Subnet[];
  /** Ids of security groups; undefined means the project's default group. */
  readonly securityGroups?: readonly string[];
}

/**
 * Where a NIC is in its life:
 * - `found`: an earlier agent made it, and this agent does not know yet whether a container uses it
 * - `making`: the agent is running its stages
 * - `warm`: complete and unclaimed
 * - `claimed`: reserved for a container or used by one
 * - `draining`: being deleted; lookups do not return it
 */
export type NicState = 'found' | 'making' | 'warm' | 'claimed' | 'draining';

/** What a user asks of one endpoint of Docker instead of the network's own settings. */
export interface EndpointWishes {
  /** Name of the interface in the container. */
  readonly interfaceName?: string | undefined;
  readonly publish?: PublishMode | undefined;
}

/**
 * Which container a NIC is for. The agent writes it on the NIC's row in the VM's switch
 * (`nics/claim-notes.ts`), where the next agent reads it.
 */
export interface Claim {
  /** Milliseconds since the epoch. */
  since: number;
  /** The label on a `--net=none` container. */
  label?: string;
  /** libnetwork's endpoint, once CreateEndpoint has named it. */
  endpointId?: string;
  containerId?: string;
  /**
   * The container's network namespace: from libnetwork's Join, or from Docker if an earlier agent answered
   * that. In memory only.
   */
  sandbox?: string;
  /**
   * Whether the interface in the sandbox ignores router advertisements, or shall listen to them. In memory
   * only.
   */
  isRouterSettled?: boolean;
  /**
   * Ends the agent's own use of the NIC: an outpost of the probes, which no container has
   * (docs/decisions/probes.md). In memory only.
   */
  leave?: () => Promise<void>;
  /** The container is a DHCP server on purpose. */
  servesDhcp?: boolean;
  /**
   * Whether Docker had the claim's container or endpoint in the reconciler's last pass; undefined when Docker
   * did not answer, or has not been asked since the claim. In memory only.
   */
  isInDocker?: boolean | undefined;
  /** What the user asks of this endpoint in CreateEndpoint, for Join. */
  endpoint?: EndpointWishes;
  /** The ports that the user asks Docker to publish, for people, such as `8080->80/tcp`. */
  published?: string;
  /** Gateways of the default routes that the agent adds in the container, because Docker adds none. */
  gateways?: readonly string[];
  /** Addresses that the IPAM driver has returned to Docker and Docker has not released. */
  readonly promised: Set<string>;
}

/**
 * One network interface of one container. `wants` is fixed at the start; the stages of `attach/` fill in the
 * rest, in their order.
 */
export interface Nic {
  /** The agent's own id, in a Neutron tag of the port and on the row in the VM's switch. */
  readonly id: string;
  /** Neutron with the credential of the caller that asked for the NIC, later with the agent's own. */
  neutron: Neutron;
  /** Network, subnets and groups as Neutron last described them. */
  target: Target;
  wants: NicWishes;
  state: NicState;
  claim?: Claim;
  /** The 802.1Q VLAN id between the VM and its hypervisor. */
  vlan?: number;
  /** The logical port. Neutron chose its MAC and IP addresses. */
  port?: Port;
  place?: Place;
  /** Neutron's status of the port at the reconciler's last pass, such as `ACTIVE`. In memory only. */
  status?: string;
  /**
   * A user has changed or deleted the port: the NIC is deleted when its container ends. In memory only: the
   * next agent sees it by comparing the port.
   */
  isSpent?: boolean;
}

/** A NIC that has its Neutron port and its VLAN: what every stage after "create port" works on. */
export type PluggedNic = Nic & { port: Port; vlan: number };

export function isPlugged(nic: Nic): nic is PluggedNic {
  return nic.port !== undefined && nic.vlan !== undefined;
}

/** @throws OvnDockerError `E_NIC_UNKNOWN` when the NIC has no port or VLAN: it is being made or deleted */
export function requirePlugged(nic: Nic): PluggedNic {
  if (isPlugged(nic)) return nic;
  throw new OvnDockerError('E_NIC_UNKNOWN', `NIC ${nic.id} has no port`);
}

/** Those of `nics` that have their port and VLAN. */
export function pluggedOf(nics: readonly Nic[]): PluggedNic[] {
  return nics.filter(isPlugged);
}

/** What a user asked for. Neutron chooses the rest. */
export interface NicWishes {
  /** Name of the Neutron port, for people who read lists of ports. */
  readonly name: string;
  /** Addresses, each on one of the target's subnets. */
  readonly addresses?: readonly string[];
  readonly mac?: string;
  /** An unused port of the user. The agent keeps its addresses and groups, and never deletes it. */
  readonly existing?: Port;
}

/** Whether any other NIC of the same target would do, so that another container can use this one later. */
export function isPlain({ wants }: Pick<Nic, 'wants'>): boolean {
  return wants.addresses === undefined && wants.mac === undefined && wants.existing === undefined;
}

/** An address of a NIC and the subnet it is on. */
export interface NicAddress {
  readonly address: string;
  /** The address with the prefix length of its subnet. */
  readonly cidr: string;
  readonly subnet: Subnet;
}

/**
 * Whether a router of the network advertises addresses to the NIC (SLAAC). Every other NIC has its addresses
 * and routes from Neutron through the agent, and ignores router advertisements.
 */
export function learnsFromRouter(nic: Pick<Nic, 'port' | 'target'>): boolean {
  return addressesOf(nic).some(({ subnet }) => hasAutomaticAddresses(subnet) && subnet.gateway_ip);
}

/** The port's addresses on the target's subnets. */
export function addressesOf({ port, target }: Pick<Nic, 'port' | 'target'>): NicAddress[] {
  return (port?.fixed_ips ?? []).flatMap(({ ip_address: address, subnet_id }) => {
    const subnet = target.subnets.find(({ id }) => id === subnet_id);
    if (!subnet) return [];
    const length = subnet.cidr.slice(subnet.cidr.indexOf('/'));
    return [{ address, cidr: `${address}${length}`, subnet }];
  });
}
