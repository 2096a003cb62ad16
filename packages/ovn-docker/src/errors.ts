/**
 * Every error that ovn-docker reports: a stable code, what happened, and what to do. docs/errors.md is written from
 * this table (`npm run docs:errors`), so a new code needs its line here and nowhere else.
 */
interface ErrorEntry {
  /** One sentence for the documentation: when this happens. */
  readonly when: string;
  /** What the reader can do about it. */
  readonly hint: string;
}

export const errorTable = {
  E_USAGE: {
    when: 'The command line or a request cannot be understood.',
    hint: 'run `ovn-docker --help`',
  },
  E_CONFIG: {
    when: 'The configuration file is missing, unreadable or has a wrong value.',
    hint: 'correct the file; README.md shows a complete one',
  },
  E_NOT_ROOT: {
    when: 'The command needs root: it talks to the root-only sockets of the agent and of Docker.',
    hint: 'run it as root, for example with sudo',
  },
  E_AGENT_NOT_RUNNING: {
    when: 'Nothing answers on the socket of the agent.',
    hint: 'start it in this VM: `ovn-docker agent`, or `systemctl start ovn-docker`',
  },
  E_DOCKER_NOT_RUNNING: {
    when: 'Nothing answers on the socket of the Docker daemon.',
    hint: 'start Docker in this VM, or name its socket in DOCKER_HOST or the configuration',
  },
  E_DOCKER_FAILED: {
    when: 'The Docker daemon or client refused the command.',
    hint: "see Docker's own message above",
  },
  E_IMAGE_MISSING: {
    when: 'The image is not on this machine and could not be pulled.',
    hint: 'check the name, or load it first: `docker pull IMAGE` or `docker load`',
  },
  E_NO_CREDENTIAL: {
    when: 'No OpenStack credential was given.',
    hint: 'give OS_TOKEN, --cred-file FILE, OS_* variables or a clouds.yaml; --cred TOKEN works too',
  },
  E_TOKEN_REFUSED: {
    when: 'Keystone or Neutron refused the credential: wrong, expired or revoked.',
    hint: 'get a new token: `ovn-docker token`, or `openstack token issue -f value -c id`',
  },
  E_FORBIDDEN: {
    when: 'The credential is valid but does not allow the request.',
    hint: "ask the cloud's operator for the role, or use another project; on a network that another project shares, a member may choose neither IP nor MAC address: leave them out",
  },
  E_ENDPOINT: {
    when: 'The catalog of the cloud has no Neutron for the region and the interface that were asked for.',
    hint: 'correct OS_REGION_NAME and OS_INTERFACE, or region_name and interface in clouds.yaml; the message lists what there is',
  },
  E_API_UNREACHABLE: {
    when: 'Keystone or Neutron cannot be reached, is down behind its proxy (502, 503, 504), or does not answer in time.',
    hint: 'check OS_AUTH_URL and the route from this VM to the API',
  },
  E_API_FAILED: {
    when: 'Neutron answered with an error that ovn-docker has no better word for.',
    hint: "the request id in the message finds it in Neutron's log",
  },
  E_NETWORK_UNKNOWN: {
    when: 'No network of that name or id is visible to this project.',
    hint: '`ovn-docker list networks` shows them; `ovn-docker create network NAME` makes one',
  },
  E_NETWORK_EXISTS: {
    when: 'A network of that name is visible to the project already.',
    hint: 'use it, or choose another name; `ovn-docker list networks` shows them',
  },
  E_NETWORK_AMBIGUOUS: {
    when: 'More than one visible network has that name.',
    hint: 'use the id: `ovn-docker list networks` shows it',
  },
  E_NETWORK_NO_SUBNET: {
    when: 'The network has no subnet that could give an address.',
    hint: 'add one: `openstack subnet create --network NETWORK --subnet-range CIDR NAME`',
  },
  E_NETWORK_IN_USE: {
    when: 'The network still has ports on it.',
    hint: 'remove its containers and Docker networks first, in every VM, and run `ovn-docker pool drain NETWORK` there; `ovn-docker status` shows what this VM has',
  },
  E_NETWORK_OPTION: {
    when: 'An option of `docker network create` contradicts the Neutron network, or this Neutron cannot do it.',
    hint: 'the message says which; `docker network create --help` and docs/docker.md explain them',
  },
  E_SECURITY_GROUP_UNKNOWN: {
    when: 'No security group of that name or id is visible to this project, or more than one has the name.',
    hint: '`openstack security group list` shows them; use the id',
  },
  E_TRUNK: {
    when: "Neutron refuses to change the VM's trunk: it is administratively down, or in an error state.",
    hint: 'look at it: `openstack network trunk show`; `openstack network trunk set --enable TRUNK`',
  },
  E_PARENT_MODE: {
    when: 'Neutron offers no way to tell it parent and VLAN: it has no trunk extension, and the credential is not an admin’s.',
    hint: 'ask the operator of the cloud for the trunk extension (service plugin `trunk`); with an admin’s credential it works without',
  },
  E_MTU: {
    when: "The network's MTU is larger than that of the VM's own port, through which its frames would have to go.",
    hint: 'use a network with a smaller MTU, or a VM whose port is on one with a larger MTU',
  },
  E_CIDR: {
    when: 'The subnet is not a network in CIDR notation, or no free private one is left.',
    hint: 'write it like 10.20.0.0/24, with no host bits set',
  },
  E_SUBNET_EXHAUSTED: {
    when: "No address is left in the subnet's allocation pools.",
    hint: 'remove containers that are not needed, or add a subnet to the network',
  },
  E_ADDRESS_IN_USE: {
    when: 'The wanted IP or MAC address belongs to another port of the network.',
    hint: 'choose another address, or none to let Neutron choose',
  },
  E_QUOTA: {
    when: "The project's quota of ports, networks or subnets is used up.",
    hint: 'delete what is not needed, or ask for a larger quota: `openstack quota show`',
  },
  E_VLANS_EXHAUSTED: {
    when: 'All 4094 VLANs of this VM are in use.',
    hint: 'remove containers in this VM, or run the next ones in another VM',
  },
  E_VIF_UNKNOWN: {
    when: 'The vif-id is no port of this project (or this project cannot see it).',
    hint: "use the id of this VM's own port: `ovn-docker vif-id` finds it",
  },
  E_VIF_NOT_THIS_VM: {
    when: "The vif-id is a port of this project, but not this VM's uplink.",
    hint: "use the id of this VM's own port: `ovn-docker vif-id` finds it",
  },
  E_VIF_NOT_FOUND: {
    when: "The VM's own port was found neither in the configuration, nor by metadata, nor by its MAC address, or several ports have that address.",
    hint: 'give --vif-id, OS_VIF_ID or vif_id in the configuration',
  },
  E_VIF_DISABLED: {
    when: "The VM's own port is administratively down in Neutron: nothing of the VM or its containers passes.",
    hint: '`openstack port set --enable PORT`',
  },
  E_SWITCH: {
    when: "The VM's Open vSwitch is not reachable, has no such bridge, or refused the port.",
    hint: 'check `ovs-vsctl show` in this VM; the bridge and the socket are named in the configuration',
  },
  E_LINK: {
    when: 'The kernel refused to make, move or configure the network interface.',
    hint: 'the message says which interface and why',
  },
  E_PUBLISH: {
    when: '`docker run -p` on a logical network: the container has an address of its own there, the VM has no part in it.',
    hint: 'leave -p out: the container is reached at its own address, as far as its security groups allow',
  },
  E_CONTAINER_GONE: {
    when: 'The container ended before its network interface could be given to it.',
    hint: 'see `docker logs`; a container that ends at once has no use for a network',
  },
  E_NIC_UNKNOWN: {
    when: 'The agent knows no such network interface.',
    hint: '`ovn-docker status` lists them',
  },
  E_INTERNAL: {
    when: 'Something that should not happen: a defect in ovn-docker.',
    hint: 'run it again with --debug and report what it shows',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

/** An error for the person who asked: printed as message, code and hint, without a stack trace. */
export class OvnDockerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OvnDockerError';
    this.code = code;
    this.hint = options.hint ?? errorTable[code].hint;
  }

  /** The shape in which errors cross the agent's socket. */
  toJSON(): { code: ErrorCode; message: string; hint: string } {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** Any thrown value as an {@link OvnDockerError}; what is not ours becomes `E_INTERNAL`. */
export function asOvnDockerError(thrown: unknown): OvnDockerError {
  if (thrown instanceof OvnDockerError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OvnDockerError('E_INTERNAL', message, { cause: thrown });
}
