/** What docs/errors.md says about a code. */
interface ErrorEntry {
  /** The cause, in one sentence. */
  readonly when: string;
  /** What the user can do about it. */
  readonly hint: string;
}

/**
 * The errors of ovn-docker by their stable codes. `npm run docs:errors` writes docs/errors.md from this
 * table, so a new code needs an entry here only.
 */
export const errorTable = {
  E_USAGE: {
    when: 'ovn-docker does not understand the command line or a request.',
    hint: 'run `ovn-docker --help`',
  },
  E_CONFIG: {
    when: 'The configuration file is missing or unreadable, or a value in it is wrong.',
    hint: 'correct the file that the message names; `man ovn-docker-config` explains all settings',
  },
  E_NOT_ROOT: {
    when: 'The command needs root: it talks to the root-only sockets of the agent and of Docker.',
    hint: 'run it as root, for example with sudo',
  },
  E_AGENT_NOT_RUNNING: {
    when: 'Nothing answers on the agent’s socket.',
    hint: 'start it in this VM: `systemctl start ovn-docker`, or `ovn-docker agent`; if it has another socket, name its configuration: --config FILE',
  },
  E_HOST: {
    when: 'The host of --host, DOCKER_HOST or a Docker context is not one through which ovn-docker can reach an agent.',
    hint: 'name the VM as ssh://USER@ADDRESS, with the address on its management network (docs/remote.md)',
  },
  E_SSH: {
    when: 'ssh is missing, cannot connect to the VM, or lost the connection.',
    hint: 'try it by hand: `ssh USER@ADDRESS`; the address must be reachable, and its security group must allow port 22',
  },
  E_NO_PROGRAM: {
    when: 'ovn-docker is not installed in the VM of --host, or not in the PATH of the user there.',
    hint: 'install the package ovn-docker-agent in the VM (docs/packages.md)',
  },
  E_VERSION: {
    when: 'The ovn-docker here and the one in the VM of --host are too different.',
    hint: 'install the same version on both sides: `ovn-docker --version` prints it',
  },
  E_SOCKET_DENIED: {
    when: 'The user of --host may not open the socket of the agent or of Docker in the VM.',
    hint: 'log in as root (ssh://root@…), or add the user to the groups of both sockets (docs/remote.md)',
  },
  E_DOCKER_NOT_RUNNING: {
    when: 'Nothing answers on the Docker daemon’s socket.',
    hint: 'start Docker in this VM, or set its socket in DOCKER_HOST or the configuration',
  },
  E_DOCKER_FAILED: {
    when: 'The Docker daemon or client refused the command.',
    hint: 'the message is Docker’s own; dockerd’s log has more: `journalctl -u docker`',
  },
  E_ENGINE: {
    when: 'The engine on the Docker socket is rootless, or Podman, and cannot use the driver.',
    hint: 'use root’s dockerd; `docker.socket` in the configuration names its socket',
  },
  E_IMAGE_MISSING: {
    when: 'The image is not on this machine, and Docker could not pull it.',
    hint: 'check the name, or load it first: `docker pull IMAGE` or `docker load`',
  },
  E_NO_CREDENTIAL: {
    when: 'There is no OpenStack credential.',
    hint: 'use OS_TOKEN, --cred-file FILE, OS_* variables or a clouds.yaml; --cred TOKEN works too. A VM without a credential can join a broker: `ovn-docker join`',
  },
  E_TOKEN_REFUSED: {
    when: 'Keystone or Neutron refused the credential: it is wrong, expired or revoked.',
    hint: 'get a new token: `ovn-docker token`, or `openstack token issue -f value -c id`; if that fails too, correct the password or application credential in clouds.yaml or OS_*',
  },
  E_CERTIFICATE: {
    when: 'The certificate by which the broker knows this VM is missing, has expired, or is not accepted any more.',
    hint: 'ask the operator of the broker for a new invitation (`ovn-docker-broker invite --vm PORT`), and join again: `ovn-docker join URL --token-file FILE --ca-hash HASH`',
  },
  E_JOIN_TOKEN: {
    when: 'The broker does not accept the join token: it is unknown, has expired, or was used by another VM.',
    hint: 'ask the operator of the broker for a new invitation: `ovn-docker-broker invite --vm PORT`; a token is used once',
  },
  E_BROKER_CA: {
    when: 'The server does not prove that it is the broker of the invitation; ovn-docker has sent it nothing.',
    hint: 'compare URL and --ca-hash with those that `ovn-docker-broker invite` printed; if they agree, another server answers in place of the broker',
  },
  E_BROKER_REFUSED: {
    when: 'The broker does not let the request of this VM pass.',
    hint: 'the message names the rule; docs/broker.md explains each, and the broker’s log has the request',
  },
  E_BROKER: {
    when: 'The broker answered with something else than its API specifies.',
    hint: 'check the URL of the broker, and that broker and agent are of the same release',
  },
  E_NO_PROJECT: {
    when: 'The credential is valid but belongs to no project, so it has no networks.',
    hint: 'name the project: OS_PROJECT_NAME and OS_PROJECT_DOMAIN_NAME, or project_name and project_domain_name in clouds.yaml; take a token with the same settings: `openstack token issue -f value -c id`',
  },
  E_ACCESS_RULES: {
    when: 'No access rule of the application credential allows the request; the service answers 401, as for an invalid token.',
    hint: 'make another credential outside the VM: `ovn-docker credential create --vm PORT`; add `--networks` so that the agent can also create and delete networks (docs/credentials.md)',
  },
  E_RULES_UNSUPPORTED: {
    when: 'Neutron refuses a new token although an access rule of its application credential allows the request: Neutron does not know its own service type.',
    hint: 'ask the cloud’s operator to set `service_type = network` in [keystone_authtoken] of Neutron’s configuration; until then use an application credential without access rules',
  },
  E_FORBIDDEN: {
    when: 'The credential is valid but does not allow the request.',
    hint: "the message names the rule of Neutron's policy; ask the cloud's operator for a role that has it, or use a resource of your own project",
  },
  E_ENDPOINT: {
    when: 'The cloud’s catalog has no Neutron for the requested region and interface.',
    hint: 'correct OS_REGION_NAME and OS_INTERFACE, or region_name and interface in clouds.yaml; the message lists what the catalog has',
  },
  E_API_UNREACHABLE: {
    when: 'Keystone or Neutron cannot be reached, is down behind its proxy (502, 503, 504), or does not answer in time.',
    hint: 'check OS_AUTH_URL (auth_url in clouds.yaml, --auth-url) or the URL of the broker, and the route from this VM to it',
  },
  E_API_FAILED: {
    when: 'Neutron answered with an error for which ovn-docker has no code.',
    hint: 'the message is Neutron’s own; with its request id, the cloud’s operator finds the request in Neutron’s log',
  },
  E_NETWORK_UNKNOWN: {
    when: 'This project sees no network of that name or id.',
    hint: '`ovn-docker list networks` shows them; `ovn-docker create network NAME` creates one',
  },
  E_NETWORK_EXISTS: {
    when: 'The project already sees a network of that name.',
    hint: 'use it, or choose another name; `ovn-docker list networks` shows them',
  },
  E_NETWORK_AMBIGUOUS: {
    when: 'More than one visible network has that name.',
    hint: 'use the id: `ovn-docker list networks` shows it',
  },
  E_NETWORK_NO_SUBNET: {
    when: 'The network has no subnet, or none that fits the request.',
    hint: 'add one: `openstack subnet create --network NETWORK --subnet-range CIDR NAME`',
  },
  E_SUBNET_UNKNOWN: {
    when: 'This project sees no subnet or subnet pool of that name or id, or several have the name.',
    hint: '`openstack subnet list` and `openstack subnet pool list` show them with their ids',
  },
  E_NETWORK_IN_USE: {
    when: 'The network still has ports on it.',
    hint: 'remove its containers and Docker networks first, in every VM, and run `ovn-docker pool drain NETWORK` there; `ovn-docker status` shows the network interfaces of this VM',
  },
  E_NETWORK_OPTION: {
    when: 'An option of `docker network create` contradicts the Neutron network, or this Neutron cannot do it.',
    hint: 'the message says which; `docker network create --help` and docs/docker.md explain them',
  },
  E_OPTION_UNKNOWN: {
    when: 'An option or a label has a key that ovn-docker does not have.',
    hint: 'correct the key: the message names the nearest one, and docs/docker.md lists all',
  },
  E_IPAM_DRIVER: {
    when: 'A Docker network on an existing Neutron network has ovn-docker as its network driver or as its IPAM driver, but not as both: Docker would choose addresses that other ports of the network have.',
    hint: 'name the driver twice: `docker network create -d ovn --ipam-driver ovn …`; pass the options that name the network to both drivers, with -o and with --ipam-opt; in a compose file, `driver: ovn` and `ipam: {driver: ovn}`',
  },
  E_SECURITY_GROUP_UNKNOWN: {
    when: 'This project sees no security group of that name or id, or more than one has the name.',
    hint: '`openstack security group list` shows them; use the id',
  },
  E_TRUNK: {
    when: "Neutron refuses to change the VM's trunk: it is administratively down, or in an error state.",
    hint: 'look at it: `openstack network trunk show`; `openstack network trunk set --enable TRUNK`',
  },
  E_TRUNK_REFUSED: {
    when: "The VM's own port has no trunk, and this cloud makes none while the VM uses the port (`ParentPortInUse`: ML2/OVS, NSX, and some releases of ML2/OVN).",
    hint: 'create a port and its trunk first, then boot a VM with that port or attach the port to this VM: docs/trunk.md has the commands',
  },
  E_PARENT_MODE: {
    when: 'ovn-docker cannot set a port’s parent and VLAN: Neutron has no trunk extension, and the credential is not an admin’s.',
    hint: 'ask the cloud’s operator for the trunk extension (service plugin `trunk`), or use an admin’s credential',
  },
  E_MTU: {
    when: 'The network’s MTU is larger than that of the VM’s own port or uplink, which carry its frames, or too small for IPv6.',
    hint: 'use a network with a smaller MTU, or a VM whose port is on one with a larger MTU',
  },
  E_CIDR: {
    when: 'The subnet is not a network in CIDR notation, or no private network is free.',
    hint: 'name a network like 10.20.0.0/24, with no host bits set: --subnet CIDR',
  },
  E_ADDRESS: {
    when: 'A request contains a text that is no IP or MAC address where one is necessary.',
    hint: 'write it like 10.20.0.5, fd00::5 or fa:16:3e:00:00:01',
  },
  E_SUBNET_EXHAUSTED: {
    when: "No address is left in the subnet's allocation pools.",
    hint: 'remove containers that are not needed, or add a subnet to the network',
  },
  E_ADDRESS_IN_USE: {
    when: 'Another port of the network has the requested IP or MAC address.',
    hint: 'choose another address, or leave it out so that Neutron chooses one',
  },
  E_QUOTA: {
    when: "The project's quota of ports, networks or subnets is used up.",
    hint: 'delete what is not needed, or ask for a larger quota: `openstack quota show`',
  },
  E_VLANS_EXHAUSTED: {
    when: 'No VLAN of this VM is left: ports in Neutron or other programs on the bridge have them, or the uplink does not pass them.',
    hint: 'remove containers in this VM, or run the next ones in another VM',
  },
  E_VLAN_SHARED: {
    when: 'Another program’s port on the VM’s bridge has the VLAN of a container, and reaches it past its security groups.',
    hint: 'move the other port to another VLAN, or off this bridge; then remove the container and start a new one',
  },
  E_VIF_UNKNOWN: {
    when: 'The vif-id is not the id of a port that this project can see.',
    hint: "use the id of this VM's own port: `ovn-docker vif-id --by metadata` or `--by neutron` finds it",
  },
  E_VIF_NOT_THIS_VM: {
    when: "The vif-id is a port of this project, but not this VM's own port.",
    hint: "use the id of this VM's own port: `ovn-docker vif-id --by metadata` or `--by neutron` finds it",
  },
  E_VIF_NOT_FOUND: {
    when: 'Neither the configuration, nor the metadata service, nor the MAC address says which port is the VM’s own, or several ports have that MAC address.',
    hint: 'use --vif-id or OS_VIF_ID, or set vif_id in the configuration',
  },
  E_VIF_DISABLED: {
    when: 'The VM’s own port is administratively down in Neutron: it carries no frames of the VM or its containers.',
    hint: 'enable it: `openstack port set --enable PORT`',
  },
  E_TEST_INCONCLUSIVE: {
    when: '`ovn-docker isolation` cannot say whether the cloud keeps VLANs apart, because the ordinary frames beside the forged ones did not arrive.',
    hint: 'run `ovn-docker isolation send` while the other VM waits; both VMs need their own ports on one network with IPv4, in one project',
  },
  E_SWITCH: {
    when: 'The VM’s Open vSwitch cannot be reached, has no such bridge, or refused the port.',
    hint: 'check `ovs-vsctl show` in this VM; the configuration names the bridge and the socket',
  },
  E_UPLINK: {
    when: '`ovn-docker init` cannot tell which interface is the uplink, or cannot make a port of the bridge out of it.',
    hint: 'name the interface to the hypervisor: --uplink NAME; `ip route get ADDRESS-OF-THE-API` shows the one that leads to the API',
  },
  E_NETWORK_MANAGER: {
    when: '`ovn-docker init` does not change the network of this VM by itself, because another program configures it in a way that init cannot continue.',
    hint: 'follow the lines that init printed; docs/init.md explains them',
  },
  E_NETWORK_CHANGE: {
    when: 'The network of the VM did not work after a step of `ovn-docker init`, or the step could not begin.',
    hint: 'init has undone its changes; the message says what was missing, and `journalctl` has the log of the network manager and of ovs-vswitchd',
  },
  E_ROLLED_BACK: {
    when: 'A step of `ovn-docker init` failed, and init has undone all its steps.',
    hint: 'repair what the failed step says, and repeat the command',
  },
  E_ROLLBACK_FAILED: {
    when: '`ovn-docker init` could not undo a step.',
    hint: 'repair what the message says, then run `ovn-docker init --recover now`; the next boot tries it, too',
  },
  E_INIT_BUSY: {
    when: 'Another `ovn-docker init` changes this VM, or undoes an interrupted run.',
    hint: 'wait until it has finished; `journalctl -u "ovn-docker-init-*"` shows a run in the background',
  },
  E_NIC_IN_USE: {
    when: '`ovn-docker init --undo` would cut containers off from their networks.',
    hint: 'remove these containers first, or repeat the command with --force: they lose their network, and their ports stay in Neutron',
  },
  E_COMMAND: {
    when: 'A program of the system, such as systemctl, networkctl or ifup, failed.',
    hint: 'run the command of the message by hand; `journalctl` may say more',
  },
  E_GUARD: {
    when: 'The agent cannot install the guard flows of a container’s port on the VM’s bridge, and connects no container without them.',
    hint: 'the agent needs OpenFlow 1.4 on the bridge’s management socket (BRIDGE.mgmt in the run directory of Open vSwitch)',
  },
  E_LINK: {
    when: 'The kernel refused to create, move or configure the network interface.',
    hint: 'the message says which interface and why',
  },
  E_PUBLISH: {
    when: 'A container publishes ports (`-p`), and its network or the configuration refuses that: a logical network cannot publish them.',
    hint: 'leave -p out: the container can be reached at its own address, as far as its security groups allow; or set `docker.publish` or -o neutron.publish to `warn`',
  },
  E_CONTAINER_GONE: {
    when: 'The container ended before ovn-docker moved the network interface into it.',
    hint: 'run it without --detach to see its output; ovn-docker has removed the container, and a container that ends at once needs no network',
  },
  E_NIC_UNKNOWN: {
    when: 'The agent has no such network interface.',
    hint: '`ovn-docker status` lists them',
  },
  E_INTERNAL: {
    when: 'A bug of ovn-docker. The agent logs the stack of every such error.',
    hint: 'report it with the stack: from the agent’s log (`journalctl -u ovn-docker`), or run the command with --debug',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;

/** An error for the user: the CLI prints message, code and hint, without a stack trace. */
export class OvnDockerError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'OvnDockerError';
    this.code = code;
    this.hint = options.hint ?? errorTable[code].hint;
  }

  /** The form in which errors cross the agent's socket. */
  toJSON(): { code: ErrorCode; message: string; hint: string } {
    return { code: this.code, message: this.message, hint: this.hint };
  }
}

/** Returns a thrown value as an {@link OvnDockerError}; every other value becomes `E_INTERNAL`. */
export function asOvnDockerError(thrown: unknown): OvnDockerError {
  if (thrown instanceof OvnDockerError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OvnDockerError('E_INTERNAL', `this is a bug of ovn-docker: ${message}`, { cause: thrown });
}
