/**
 * The errors of the Neutron API and of the program itself. `npm run docs:errors` writes docs/errors.md from
 * these tables. A Keystone error is not in a table, because its status is its only code.
 */

/** What docs/errors.md says about a code: `when` is the cause, `hint` is what the caller can do about it. */
interface ErrorEntry {
  readonly when: string;
  readonly hint: string;
}

/**
 * An error of the Neutron API. `when` is present only for errors that stock Neutron does not have; `hint` is
 * optional for those.
 */
interface NeutronErrorEntry extends Partial<ErrorEntry> {
  /** The HTTP status. */
  readonly status: number;
  /** Returns the message: stock Neutron's own text if stock Neutron has this error. */
  readonly message: (...details: never[]) => string;
}

/** Neutron errors by `NeutronError.type`. */
export const neutronErrors = {
  HTTPNotFound: { status: 404, message: (message = 'The resource could not be found.') => message },
  HTTPMethodNotAllowed: {
    status: 405,
    message: () =>
      'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  },
  MalformedRequestBody: {
    status: 400,
    message: () => 'Malformed request body: Cannot understand JSON.',
  },
  HTTPBadRequest: { status: 400, message: (message: string) => message },
  RequestUrlTooLong: {
    status: 414,
    message: (most: number) => `The URL has more than ${most} characters.`,
    when: 'The URL of the request is longer than any URL that the API needs.',
    hint: 'Ask for fewer ids or names in one request.',
  },
  RequestHeadersTooLarge: {
    status: 431,
    message: (what: string) => `The request has ${what}.`,
    when: 'The request has too many headers, or URL and headers are too large together.',
    hint: 'Send only the headers of the API.',
  },
  RequestBodyTooLarge: {
    status: 413,
    message: (most: number) => `The body of the request has more than ${most} bytes.`,
    when: 'The body of the request is too large.',
    hint: 'Send several smaller requests.',
  },
  RequestTooComplex: {
    status: 400,
    message: (what: string) => `The request is too complex: ${what}.`,
    when: 'The query or the body of the request has more parts than the limits allow; the message names the limit.',
    hint: 'Send several smaller requests.',
  },
  RequestTimeout: {
    status: 408,
    message: () => 'The request did not arrive completely in time.',
    when: 'The client took longer than 10 seconds for the headers or 30 seconds for the whole request.',
    hint: 'Send the request again. If the network is slow, send smaller requests.',
  },
  TooManyRequests: {
    status: 429,
    message: (perSecond: number) => `The token has sent more than ${perSecond} requests per second.`,
    when: 'A token, with those obtained with it, has sent more requests than `limits` in the configuration allows.',
    hint: 'Wait for the seconds in Retry-After. Clients of OpenStack do so by themselves.',
  },
  HTTPNotImplemented: { status: 501, message: (message: string) => message },
  HTTPInternalServerError: {
    status: 500,
    message: () => 'Request Failed: internal server error while processing your request.',
  },
  BadRequest: {
    status: 400,
    message: (resource: string, message: string) => `Bad ${resource} request: ${message}.`,
  },
  InvalidInput: { status: 400, message: (message: string) => `Invalid input for operation: ${message}.` },
  PolicyNotAuthorized: { status: 403, message: (rule: string) => `${rule} is disallowed by policy` },
  AdminRequired: {
    status: 403,
    message: (reason: string) => `User does not have admin privileges: ${reason}.`,
  },
  RevisionNumberConstraintFailed: {
    status: 412,
    message: (expected: number, current: number) =>
      `Constrained to ${expected}, but current revision is ${current}`,
  },
  OverQuota: { status: 409, message: (resource: string) => `Quota exceeded for resources: ['${resource}'].` },
  TenantQuotaNotFound: { status: 404, message: (id: string) => `Quota for tenant ${id} could not be found.` },
  TagResourceNotFound: {
    status: 404,
    message: (resource: string, id: string) => `Resource ${resource} ${id} could not be found.`,
  },
  TagNotFound: { status: 404, message: (tag: string) => `Tag ${tag} could not be found.` },

  NetworkNotFound: { status: 404, message: (id: string) => `Network ${id} could not be found.` },
  NetworkInUse: {
    status: 409,
    message: (id: string, ports: string) =>
      `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, ` +
      `id for these ports is: ${ports}.`,
  },
  InvalidSharedSetting: {
    status: 409,
    message: (id: string) =>
      `Unable to reconfigure sharing settings for network ${id}. Multiple tenants are using it.`,
  },

  VlanIdInUse: {
    status: 409,
    message: (vlan: number, physical: string) =>
      `Unable to create the network. The VLAN ${vlan} on physical network ${physical} is in use.`,
  },
  TunnelIdInUse: {
    status: 409,
    message: (id: number) => `Unable to create the network. The tunnel ID ${id} is in use.`,
  },
  FlatNetworkInUse: {
    status: 409,
    message: (physical: string) =>
      `Unable to create the flat network. Physical network ${physical} is in use.`,
  },
  NoNetworkAvailable: {
    status: 503,
    message: () => 'Unable to create the network. No tenant network is available for allocation.',
  },

  SubnetPoolNotFound: { status: 404, message: (id: string) => `Subnet pool ${id} could not be found.` },
  DNSNameServersExhausted: {
    status: 400,
    message: (subnet: string, limit: number) =>
      `Unable to complete operation for ${subnet}. The number of DNS nameservers exceeds the limit ${limit}.`,
  },
  HostRoutesExhausted: {
    status: 400,
    message: (subnet: string, limit: number) =>
      `Unable to complete operation for ${subnet}. The number of host routes exceeds the limit ${limit}.`,
  },
  IpamValueInvalid: {
    status: 409,
    message: (gateway: string, cidr: string) => `Gateway IP ${gateway} cannot be allocated in CIDR ${cidr}`,
  },
  SubnetNotFound: { status: 404, message: (id: string) => `Subnet ${id} could not be found.` },
  SubnetInUse: {
    status: 409,
    message: (id: string) =>
      `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
  },
  GatewayConflictWithAllocationPools: {
    status: 409,
    message: (ip: string, pool: string) => `Gateway ip ${ip} conflicts with allocation pool ${pool}.`,
  },
  OverlappingAllocationPools: {
    status: 409,
    message: (a: string, b: string, cidr: string) =>
      `Found overlapping allocation pools: ${a} ${b} for subnet ${cidr}.`,
  },
  OutOfBoundsAllocationPool: {
    status: 400,
    message: (pool: string, cidr: string) =>
      `The allocation pool ${pool} spans beyond the subnet cidr ${cidr}.`,
  },
  InvalidAllocationPool: {
    status: 400,
    message: (pool: string) => `The allocation pool ${pool} is not valid.`,
  },

  PortNotFound: { status: 404, message: (id: string) => `Port ${id} could not be found.` },
  IpAddressAlreadyAllocated: {
    status: 409,
    message: (ip: string, subnet: string) => `IP address ${ip} already allocated in subnet ${subnet}`,
  },
  InvalidIpForNetwork: {
    status: 400,
    message: (ip: string) =>
      `IP address ${ip} is not a valid IP for any of the subnets on the specified network.`,
  },
  InvalidIpForSubnet: {
    status: 400,
    message: (ip: string) => `IP address ${ip} is not a valid IP for the specified subnet.`,
  },
  IpAddressGenerationFailure: {
    status: 409,
    message: (network: string) => `No more IP addresses available on network ${network}.`,
  },
  IpAddressGenerationFailureForSubnet: {
    status: 409,
    message: (subnet: string) => `No more IP addresses available on subnet ${subnet}.`,
  },
  MacAddressInUse: {
    status: 409,
    message: (network: string, mac: string) =>
      `Unable to complete operation for network ${network}. The mac address ${mac} is in use.`,
  },
  AllocationOnAutoAddressSubnet: {
    status: 400,
    message: (ip: string, subnet: string) =>
      `IPv6 address ${ip} cannot be directly assigned to a port on subnet ${subnet} as the subnet is configured ` +
      'for automatic addresses',
  },
  PortInUse: {
    status: 409,
    message: (port: string, network: string, device: string) =>
      `Unable to complete operation on port ${port} for network ${network}. Port already has an attached device ` +
      `${device}.`,
  },
  PortSecurityPortHasSecurityGroup: {
    status: 409,
    message: () =>
      'Port has security group associated. Cannot disable port security or IP address until security group is ' +
      'removed.',
  },
  AllowedAddressPairsMissingIP: {
    status: 400,
    message: () => 'AllowedAddressPair must contain ip_address',
  },
  DuplicateAddressPairInRequest: {
    status: 400,
    message: (mac: string, ip: string) =>
      `Request contains duplicate address pair: mac_address ${mac} ip_address ${ip}.`,
  },
  PortSecurityAndIPRequiredForSecurityGroups: {
    status: 400,
    message: () =>
      'Port security must be enabled and port must have an IP address in order to use security groups.',
  },
  AddressPairAndPortSecurityRequired: {
    status: 409,
    message: () => 'Port Security must be enabled in order to have allowed address pairs on a port.',
  },
  AllowedAddressPairExhausted: {
    status: 400,
    message: (limit: number) => `The number of allowed address pair exceeds the maximum ${limit}.`,
  },
  ParentTagInUse: {
    status: 409,
    message: (parent: string, tag: number, port: string) =>
      `Tag ${tag} is already in use under parent port ${parent} by port ${port}.`,
    when: "Another port nested under the parent uses the VLAN: by its `binding:profile`, or as a subport of the parent's trunk.",
    hint: 'Choose a VLAN that no other port under this parent uses: list the ports, and the subports of its trunk.',
  },
  ParentPortNested: {
    status: 409,
    message: (parent: string) =>
      `Port ${parent} is itself nested under another port and can not be a parent.`,
    when: 'The `parent_name` in the request is a port that is itself nested, or is the id of the port itself.',
    hint: "Set `parent_name` to the id of the virtual machine's port, not of a container's port.",
  },
  PortIsParent: {
    status: 409,
    message: (port: string) => `Port ${port} is the parent of other ports and can not be nested.`,
    when: 'The request sets a parent for a port that is the parent of other ports.',
  },
  PortInUseAsParent: {
    status: 409,
    message: (port: string) => `Port ${port} is the parent of other ports.`,
    when: 'The request deletes a port that is the parent of other ports.',
  },
  PortInUseByTrunk: {
    status: 409,
    message: (port: string) =>
      `Port ${port} belongs to a trunk, so its parent and tag can not be set by binding:profile.`,
    when: "The request sets parent and tag in the `binding:profile` of a trunk's parent port or subport.",
    hint: 'For a subport: first remove it with remove_subports. For the parent port: first delete the trunk.',
  },

  TrunkNotFound: { status: 404, message: (id: string) => `Trunk ${id} could not be found.` },
  SubPortNotFound: {
    status: 404,
    message: (port: string, trunk: string) => `SubPort ${port} on trunk ${trunk} could not be found.`,
  },
  DuplicateSubPort: {
    status: 409,
    message: (type: string, id: number, trunk: string) =>
      `segmentation_type ${type} and segmentation_id ${id} already in use on trunk ${trunk}.`,
  },
  SubPortMtuGreaterThanTrunkPortMtu: {
    status: 409,
    message: (mtu: number, port: string, most: number, trunk: string) =>
      `MTU ${mtu} of subport ${port} cannot be greater than MTU ${most} of trunk ${trunk}.`,
  },
  ParentPortInUse: {
    status: 409,
    message: (port: string) =>
      `Port ${port} is currently in use and is not eligible for use as a parent port.`,
  },
  TrunkPortInUse: { status: 409, message: (port: string) => `Port ${port} is in use by another trunk.` },
  PortInUseAsTrunkParent: {
    status: 409,
    message: (port: string, trunk: string) => `Port ${port} is currently a parent port for trunk ${trunk}.`,
  },
  PortInUseAsSubPort: {
    status: 409,
    message: (port: string, trunk: string) => `Port ${port} is currently a subport for trunk ${trunk}.`,
  },
  TrunkInUse: { status: 409, message: (trunk: string) => `Trunk ${trunk} is currently in use.` },
  TrunkDisabled: { status: 409, message: (trunk: string) => `Trunk ${trunk} is currently disabled.` },

  SecurityGroupNotFound: { status: 404, message: (id: string) => `Security group ${id} does not exist` },
  SecurityGroupRuleNotFound: {
    status: 404,
    message: (id: string) => `Security group rule ${id} does not exist`,
  },
  SecurityGroupInUse: { status: 409, message: (id: string) => `Security Group ${id} in use.` },
  SecurityGroupDefaultAlreadyExists: { status: 409, message: () => 'Default security group already exists.' },
  SecurityGroupCannotUpdateDefault: {
    status: 409,
    message: () => 'Updating default security group not allowed.',
  },
  SecurityGroupRuleExists: {
    status: 409,
    message: (id: string) => `Security group rule already exists. Rule id is ${id}.`,
  },
  SecurityGroupInvalidPortRange: {
    status: 400,
    message: () => 'For TCP/UDP protocols, port_range_min must be <= port_range_max',
  },
  SecurityGroupProtocolRequiredWithPorts: {
    status: 400,
    message: () => 'Must also specify protocol if port range is given.',
  },
  SecurityGroupMultipleRemoteEntites: {
    status: 400,
    message: () =>
      'Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.',
  },
  SecurityGroupConflict: {
    status: 409,
    message: (reason: string) => `Error ${reason} while attempting the operation.`,
  },
  SecurityGroupInvalidPortValue: { status: 400, message: (port: string) => `Invalid value for port ${port}` },
  SecurityGroupInvalidIcmpValue: {
    status: 400,
    message: (field: string, attribute: string, value: number) =>
      `Invalid value for ICMP ${field} (${attribute}) ${value}. It must be 0 to 255.`,
  },
  SecurityGroupMissingIcmpType: {
    status: 400,
    message: (code: number) =>
      `ICMP code (port-range-max) ${code} is provided but ICMP type (port-range-min) is missing.`,
  },
  SecurityGroupInvalidProtocolForPort: {
    status: 400,
    message: (protocol: number, valid: string) =>
      `Ports cannot be specified for protocol ${protocol}. Ports are only supported for ${valid}.`,
  },
  SecurityGroupEthertypeConflictWithProtocol: {
    status: 400,
    message: (ethertype: string, protocol: string) =>
      `Invalid ethertype ${ethertype} for protocol ${protocol}.`,
  },
  SecurityGroupRuleInvalidProtocol: {
    status: 400,
    message: (protocol: string, values: string) =>
      `Security group rule protocol ${protocol} not supported. Only protocol values ${values} and integer ` +
      'representations [0 to 255] are supported.',
  },
  SecurityGroupRuleInvalidEtherType: {
    status: 400,
    message: (ethertype: string) =>
      `Security group rule for ethertype '${ethertype}' not supported. Allowed values are ['IPv4', 'IPv6'].`,
  },
  InvalidCIDR: { status: 400, message: (text: string) => `Invalid CIDR ${text} given as IP prefix.` },
  SecurityGroupNotSingleGroupRules: {
    status: 400,
    message: () => 'Only allowed to update rules for one security profile at a time',
  },
  SecurityGroupRulesNotSingleTenant: {
    status: 400,
    message: () => 'Multiple tenant_ids in bulk security group rule create not allowed',
  },
  DuplicateSecurityGroupRuleInPost: { status: 409, message: () => 'Duplicate Security Group Rule in POST.' },
  AddressGroupNotFound: {
    status: 404,
    message: (id: string) => `Address group ${id} could not be found.`,
  },
  SecurityGroupRuleParameterConflict: {
    status: 400,
    message: (ethertype: string, cidr: string) => `Conflicting value ethertype ${ethertype} for CIDR ${cidr}`,
  },
} as const satisfies Record<string, NeutronErrorEntry>;

/** The stable code of a Neutron error, which clients see as `NeutronError.type`. */
export type NeutronErrorType = keyof typeof neutronErrors;

/** Errors of the program outside of any request: it prints code, message and hint and exits with 1. */
export const programErrors = {
  CONFIG_UNREADABLE: {
    when: 'The configuration file, or a file that it names, cannot be read.',
    hint: 'Check that the path in the message exists and that the program may read it.',
  },
  CONFIG_INVALID: {
    when: 'The configuration is not YAML, or a value in it is wrong.',
    hint: 'Compare the file with the example in the README of embedded-neutron.',
  },
  SIGNING_KEY_UNUSABLE: {
    when: 'The signing key has fewer than 32 bytes.',
    hint: 'Create a key with: openssl rand -base64 48 > FILE; chmod 600 FILE',
  },
  NORTHBOUND_UNREACHABLE: {
    when: 'The OVN Northbound database does not answer when the program starts.',
    hint: 'Check that the OVN Northbound ovsdb-server listens on the address in "nb", and for ssl: that each side trusts the other’s certificate.',
  },
  CERTIFICATE_UNUSABLE: {
    when: 'The files of `tls` cannot be read, or are not a certificate and its key.',
    hint: 'Check both files in `tls`: PEM, the certificate first in its chain, and the key without a password.',
  },
  LISTEN_FAILED: {
    when: 'The program cannot listen on one of the configured addresses.',
    hint: 'Check that this machine has the address and that no other program uses the port; a port below 1024 needs root.',
  },
  PASSWORD_EMPTY: {
    when: '`hash-password` reads an empty password from standard input.',
    hint: 'Pipe the password to the standard input of the command.',
  },
} as const satisfies Record<string, ErrorEntry>;
