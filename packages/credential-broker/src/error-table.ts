/**
 * The errors of the broker's programs and the rules by which it refuses requests. `npm run docs:errors`
 * writes docs/errors.md from these tables.
 */

/** `when` is the cause, `hint` is what the reader can do about it. */
interface ErrorEntry {
  readonly when: string;
  readonly hint: string;
}

/** Errors outside of any request: the program prints code, message and hint and exits with 1. */
export const programErrors = {
  CONFIG_UNREADABLE: {
    when: 'The configuration file cannot be read.',
    hint: 'Check the path of --config, and that the user who runs the command may read it.',
  },
  CONFIG_INVALID: {
    when: 'The configuration is not YAML, or a value in it is wrong.',
    hint: 'Compare the file with /etc/ovn-docker-broker/config.example.yaml.',
  },
  NO_CREDENTIAL: {
    when: 'The broker finds no usable OpenStack credential.',
    hint: 'Name a cloud and its clouds.yaml in the section "cloud" of the configuration; only root or the broker’s user may be able to change that file.',
  },
  NO_OWN_CREDENTIAL: {
    when: '`credential` finds no usable OpenStack credential of the person who runs it.',
    hint: 'Run it where `openstack token issue` works for you: with OS_* variables, or with --os-cloud and a clouds.yaml.',
  },
  CREDENTIAL_REFUSED: {
    when: 'Keystone does not let this credential create another one.',
    hint: 'Run it with your password, or with a token from your password: Keystone lets no restricted application credential create another one.',
  },
  CLOUD_UNREACHABLE: {
    when: 'Keystone or Neutron does not answer a command, or refuses its request.',
    hint: 'Check the credential and the route to Keystone and Neutron from this machine with `openstack port list`.',
  },
  VM_UNKNOWN: {
    when: '`invite` does not find the VM’s port, or the port belongs to another project than the credential.',
    hint: 'Give --vm the id of the VM’s own port: `openstack port list --server VM`. A broker serves the VMs of one project.',
  },
  NETWORK_UNKNOWN: {
    when: '`invite --networks` names a network that the credential does not see, or a name that several networks have.',
    hint: 'Give the ids or names of `openstack network list`.',
  },
  TRUNK_MISSING: {
    when: 'The VM’s port has no trunk, and the broker’s credential cannot create one.',
    hint: 'Create the trunk with a credential that may: `openstack network trunk create --parent-port PORT NAME`, then run `invite` again. Some clouds need it before the VM starts.',
  },
  INVITATION_UNKNOWN: {
    when: '`revoke` names no invitation and no VM that has one.',
    hint: '`ovn-docker-broker list` shows the ids of VMs and invitations.',
  },
  OPTION_INVALID: {
    when: 'An option of a command has a value that the command does not understand.',
    hint: '`ovn-docker-broker COMMAND --help` describes the options.',
  },
  FOLDER_UNUSABLE: {
    when: 'The broker cannot read or write its folder, or a file in it is damaged.',
    hint: 'Check that the folder exists, that the broker’s user owns it, and that its disk is not full. Restore a damaged file from a backup; without the CA’s file, every VM must join again.',
  },
  LISTEN_FAILED: {
    when: 'The broker cannot listen on the configured address.',
    hint: 'Check that this machine has the address and that no other program uses the port.',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ProgramErrorCode = keyof typeof programErrors;

/**
 * The rules by which the broker refuses a request. The audit trail and the message of the answer name the
 * rule; `status` is that of the answer.
 */
export const rules = {
  certificate: {
    status: 401,
    when: 'The request has no client certificate, or none that this broker’s CA issued and that is valid now.',
    hint: 'Join again with a new token: `ovn-docker-broker invite --vm ID` prints the command.',
  },
  revoked: {
    status: 403,
    when: 'The certificate’s invitation was revoked, or its file was deleted.',
    hint: 'Ask the broker’s operator for a new invitation.',
  },
  'source address': {
    status: 403,
    when: 'The request comes from an address that is none of the fixed IPs of the VM’s port.',
    hint: 'Send the request from the VM itself, without a NAT between; `invite --from` allows other addresses.',
  },
  token: {
    status: 403,
    when: 'The join token is unknown, expired, revoked or was used with another key.',
    hint: 'Ask the broker’s operator for a new invitation: a token works once.',
  },
  'signing request': {
    status: 400,
    when: 'The certificate signing request is no PKCS #10 in PEM, its signature is wrong, or its key is too weak.',
    hint: 'Use an EC key on P-256 or P-384, an Ed25519 key, or an RSA key of 2048 to 4096 bits with the usual exponent, 65537.',
  },
  request: {
    status: 403,
    when: 'The method and path are not among the requests of an agent.',
    hint: 'docs/broker.md lists the requests that the broker passes on.',
  },
  networks: {
    status: 403,
    when: 'The invitation does not allow the VM to create or delete networks, or the network is not its own.',
    hint: 'Invite the VM with --with-networks, or create the network from outside the VM.',
  },
  query: {
    status: 403,
    when: 'A query parameter is not among those that the broker passes on.',
    hint: 'Leave the parameter out; docs/broker.md lists the others.',
  },
  field: {
    status: 403,
    when: 'A field of the body is not among those that a VM may set, or has a value that it may not have.',
    hint: 'Leave the field out; docs/broker.md lists the others.',
  },
  mark: {
    status: 403,
    when: 'The body would give a port or a network the mark of another VM, or remove its own.',
    hint: 'Leave the mark as the broker writes it: `ovn-docker:vif=ID`, with the id of the VM’s own port.',
  },
  body: {
    status: 400,
    when: 'The body is not JSON, or not as the API describes it.',
    hint: 'Compare the body with Networking API v2.0.',
  },
  'body size': {
    status: 413,
    when: 'The body is longer than the broker accepts.',
    hint: 'Send several smaller requests.',
  },
  quota: {
    status: 409,
    when: 'The VM would have more ports than the broker’s quota for it.',
    hint: 'Delete ports, or ask the broker’s operator for a higher quota: `limits.ports` or `invite --max-ports`.',
  },
  rate: {
    status: 429,
    when: 'The VM or the address sends more requests, or more at once, than the broker accepts.',
    hint: 'Wait as long as Retry-After says.',
  },
  credential: {
    status: 403,
    when: 'The access rules of the broker’s own credential do not allow the request.',
    hint: 'Make a new credential with `ovn-docker-broker credential`: with --with-networks, if VMs are invited so.',
  },
} as const satisfies Record<string, ErrorEntry & { readonly status: number }>;

export type Rule = keyof typeof rules;
