/**
 * Every error this service can answer with, in one table per dialect. The wire shapes are those recorded from Keystone
 * and Neutron; `type` (Neutron) and status plus title (Keystone) are the stable codes.
 */

type Described = readonly [status: number, message: string, hint?: string];

/** Neutron errors by `NeutronError.type`. Each entry gives the HTTP status and the message for its arguments. */
export const neutronErrors = {
  HTTPNotFound: (message = 'The resource could not be found.'): Described => [404, message],
  HTTPMethodNotAllowed: (): Described => [
    405,
    'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  ],
  HTTPBadRequest: (message: string): Described => [400, message],
  HTTPInternalServerError: (): Described => [
    500,
    'Request Failed: internal server error while processing your request.',
  ],
  BadRequest: (resource: string, message: string): Described => [400, `Bad ${resource} request: ${message}.`],
  InvalidInput: (message: string): Described => [400, `Invalid input for operation: ${message}.`],
  PolicyNotAuthorized: (rule: string): Described => [403, `${rule} is disallowed by policy`],
  RevisionNumberConstraintFailed: (wanted: number, current: number): Described => [
    412,
    `Constrained to ${wanted}, but current revision is ${current}`,
  ],
  OverQuota: (resource: string): Described => [409, `Quota exceeded for resources: ['${resource}'].`],
  TenantQuotaNotFound: (id: string): Described => [404, `Quota for tenant ${id} could not be found.`],
  TagNotFound: (tag: string): Described => [404, `Tag ${tag} could not be found.`],

  NetworkNotFound: (id: string): Described => [404, `Network ${id} could not be found.`],
  NetworkInUse: (id: string, ports: string): Described => [
    409,
    `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, ` +
      `id for these ports is: ${ports}.`,
  ],
  InvalidSharedSetting: (id: string): Described => [
    409,
    `Unable to reconfigure sharing settings for network ${id}. Multiple tenants are using it.`,
  ],

  SubnetNotFound: (id: string): Described => [404, `Subnet ${id} could not be found.`],
  SubnetInUse: (id: string): Described => [
    409,
    `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
  ],
  GatewayConflictWithAllocationPools: (ip: string, pool: string): Described => [
    409,
    `Gateway ip ${ip} conflicts with allocation pool ${pool}.`,
  ],
  OverlappingAllocationPools: (a: string, b: string, cidr: string): Described => [
    409,
    `Found overlapping allocation pools: ${a} ${b} for subnet ${cidr}.`,
  ],
  OutOfBoundsAllocationPool: (pool: string, cidr: string): Described => [
    400,
    `The allocation pool ${pool} spans beyond the subnet cidr ${cidr}.`,
  ],
  InvalidAllocationPool: (pool: string): Described => [400, `The allocation pool ${pool} is not valid.`],

  PortNotFound: (id: string): Described => [404, `Port ${id} could not be found.`],
  IpAddressAlreadyAllocated: (ip: string, subnet: string): Described => [
    409,
    `IP address ${ip} already allocated in subnet ${subnet}`,
  ],
  InvalidIpForNetwork: (ip: string): Described => [
    400,
    `IP address ${ip} is not a valid IP for any of the subnets on the specified network.`,
  ],
  InvalidIpForSubnet: (ip: string): Described => [
    400,
    `IP address ${ip} is not a valid IP for the specified subnet.`,
  ],
  IpAddressGenerationFailure: (network: string): Described => [
    409,
    `No more IP addresses available on network ${network}.`,
  ],
  IpAddressGenerationFailureForSubnet: (subnet: string): Described => [
    409,
    `No more IP addresses available on subnet ${subnet}.`,
  ],
  MacAddressInUse: (network: string, mac: string): Described => [
    409,
    `Unable to complete operation for network ${network}. The mac address ${mac} is in use.`,
  ],
  PortSecurityAndIPRequiredForSecurityGroups: (): Described => [
    400,
    'Port security must be enabled and port must have an IP address in order to use security groups.',
  ],
  AddressPairAndPortSecurityRequired: (): Described => [
    409,
    'Port Security must be enabled in order to have allowed address pairs on a port.',
  ],
  AllowedAddressPairExhausted: (limit: number): Described => [
    400,
    `The number of allowed address pair exceeds the maximum ${limit}.`,
  ],
  ParentTagInUse: (parent: string, tag: number, port: string): Described => [
    409,
    `Tag ${tag} is already in use under parent port ${parent} by port ${port}.`,
    'Choose a VLAN that no other port of this parent has: list ports and the trunk of the parent.',
  ],
  ParentPortNested: (parent: string): Described => [
    409,
    `Port ${parent} is itself nested under another port and can not be a parent.`,
    'Give the vif-id of the virtual machine, not that of a container.',
  ],
  PortIsParent: (port: string): Described => [
    409,
    `Port ${port} is the parent of other ports and can not be nested.`,
  ],
  PortInUseAsParent: (port: string): Described => [409, `Port ${port} is the parent of other ports.`],
  PortInUseByTrunk: (port: string): Described => [
    409,
    `Port ${port} belongs to a trunk, so its parent and tag can not be set by binding:profile.`,
    'Take it out of the trunk with remove_subports first.',
  ],

  TrunkNotFound: (id: string): Described => [404, `Trunk ${id} could not be found.`],
  SubPortNotFound: (port: string, trunk: string): Described => [
    404,
    `SubPort ${port} on trunk ${trunk} could not be found.`,
  ],
  DuplicateSubPort: (type: string, id: number, trunk: string): Described => [
    409,
    `segmentation_type ${type} and segmentation_id ${id} already in use on trunk ${trunk}.`,
  ],
  SubPortMtuGreaterThanTrunkPortMtu: (mtu: number, port: string, most: number, trunk: string): Described => [
    409,
    `MTU ${mtu} of subport ${port} cannot be greater than MTU ${most} of trunk ${trunk}.`,
  ],
  ParentPortInUse: (port: string): Described => [
    409,
    `Port ${port} is currently in use and is not eligible for use as a parent port.`,
  ],
  TrunkPortInUse: (port: string): Described => [409, `Port ${port} is in use by another trunk.`],
  PortInUseAsTrunkParent: (port: string, trunk: string): Described => [
    409,
    `Port ${port} is currently a parent port for trunk ${trunk}.`,
  ],
  PortInUseAsSubPort: (port: string, trunk: string): Described => [
    409,
    `Port ${port} is currently a subport for trunk ${trunk}.`,
  ],
  TrunkDisabled: (trunk: string): Described => [409, `Trunk ${trunk} is currently disabled.`],

  SecurityGroupNotFound: (id: string): Described => [404, `Security group ${id} does not exist`],
  SecurityGroupRuleNotFound: (id: string): Described => [404, `Security group rule ${id} does not exist`],
  SecurityGroupInUse: (id: string): Described => [409, `Security Group ${id} in use.`],
  SecurityGroupDefaultAlreadyExists: (): Described => [409, 'Default security group already exists.'],
  SecurityGroupCannotUpdateDefault: (): Described => [409, 'Updating default security group not allowed.'],
  SecurityGroupRuleExists: (id: string): Described => [
    409,
    `Security group rule already exists. Rule id is ${id}.`,
  ],
  SecurityGroupInvalidPortRange: (): Described => [
    400,
    'For TCP/UDP protocols, port_range_min must be <= port_range_max',
  ],
  SecurityGroupProtocolRequiredWithPorts: (): Described => [
    400,
    'Must also specify protocol if port range is given.',
  ],
  SecurityGroupRemoteGroupAndRemoteIpPrefix: (): Described => [
    400,
    'Only remote_ip_prefix or remote_group_id may be provided.',
  ],
  SecurityGroupRuleParameterConflict: (ethertype: string, cidr: string): Described => [
    400,
    `Conflicting value ethertype ${ethertype} for CIDR ${cidr}`,
  ],
} as const;

/** The stable code of a Neutron error: `NeutronError.type` on the wire. */
export type NeutronErrorType = keyof typeof neutronErrors;

/** A refusal by the Neutron API. `hint` goes to the wire as `detail`. */
export class NeutronError extends Error {
  override readonly name = 'NeutronError';
  readonly type: NeutronErrorType;
  readonly status: number;
  readonly hint: string;

  constructor(type: NeutronErrorType, [status, message, hint]: Described) {
    super(message);
    this.type = type;
    this.status = status;
    this.hint = hint ?? '';
  }
}

/** Makes a {@link NeutronError} from its type and the arguments its message needs. */
export function neutronError<T extends NeutronErrorType>(
  type: T,
  ...args: Parameters<(typeof neutronErrors)[T]>
): NeutronError {
  const describe = neutronErrors[type] as (...args: unknown[]) => Described;
  return new NeutronError(type, describe(...args));
}

const keystoneTitles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** A refusal by the Keystone API: `{error: {code, message, title}}`. */
export class KeystoneError extends Error {
  override readonly name = 'KeystoneError';
  readonly status: number;
  readonly title: string;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
    this.title = keystoneTitles[status] ?? 'Error';
  }
}

/** What Keystone says to every wrong credential, so that a guess learns nothing from it. */
export const unauthorized = (message = 'The request you have made requires authentication.'): KeystoneError =>
  new KeystoneError(401, message);

/** Errors of the program itself, before or beside any request: printed with code and hint, exit code 1. */
export const programErrors = {
  CONFIG_UNREADABLE: 'Check the path given to --config and its permissions.',
  CONFIG_INVALID: 'Compare with the example in the README of embedded-neutron.',
  SIGNING_KEY_UNUSABLE: 'Make one with: openssl rand -base64 48 > FILE; chmod 600 FILE',
  NORTHBOUND_UNREACHABLE: 'Check that the OVN Northbound ovsdb-server listens on the address in "nb".',
  LISTEN_FAILED: 'Check that the address is on this machine and the port is free.',
  PASSWORD_EMPTY: 'Pipe the password into the standard input.',
} as const;

/** A failure of the program with a stable code and a hint. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
  readonly code: keyof typeof programErrors;
  readonly hint: string;

  constructor(code: keyof typeof programErrors, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.hint = programErrors[code];
  }
}
