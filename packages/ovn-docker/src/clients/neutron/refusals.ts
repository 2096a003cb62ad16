import {
  CloudConfigError,
  OpenStackCatalogError,
  OpenStackConnectionError,
  OpenStackError,
} from '@ovn-docker/openstack';
import { type ErrorCode, OvnDockerError } from '../../errors.ts';

/**
 * The error code for each of Neutron's error types, which are the names of neutron-lib's exceptions. The type
 * decides and not the status, because a 409 has many meanings.
 */
const byType: Record<string, ErrorCode> = {
  IpAddressGenerationFailure: 'E_SUBNET_EXHAUSTED',
  IpAddressGenerationFailureForSubnet: 'E_SUBNET_EXHAUSTED',
  IpAddressGenerationFailureNoMatchingSubnet: 'E_NETWORK_NO_SUBNET',
  IpAddressAlreadyAllocated: 'E_ADDRESS_IN_USE',
  IpAddressInUse: 'E_ADDRESS_IN_USE',
  MacAddressInUse: 'E_ADDRESS_IN_USE',
  OverQuota: 'E_QUOTA',
  NetworkInUse: 'E_NETWORK_IN_USE',
  NetworkNotFound: 'E_NETWORK_UNKNOWN',
  SecurityGroupNotFound: 'E_SECURITY_GROUP_UNKNOWN',
  TrunkDisabled: 'E_TRUNK',
  TrunkInErrorState: 'E_TRUNK',
  SubPortMtuGreaterThanTrunkPortMtu: 'E_MTU',
};

/** Neutron's types for "another port under this parent has this VLAN". */
const vlanTakenTypes = new Set(['DuplicateSubPort', 'ParentTagInUse']);

/** Whether Neutron refused because another port has the VLAN; the caller may try the next VLAN. */
export function isVlanTaken(error: unknown): boolean {
  return error instanceof OpenStackError && vlanTakenTypes.has(error.type);
}

/**
 * Whether Neutron refused to create a trunk on the port of a running VM. Neutron has the same type for a port
 * that has a trunk already, which the caller must look for first.
 */
export function isTrunkRefused(error: unknown): boolean {
  return error instanceof OpenStackError && error.method === 'POST' && error.type === 'ParentPortInUse';
}

/**
 * Whether Neutron says that the resource does not exist. Neutron's own 404 always has a type (recorded from a
 * real Neutron). A 404 without a type comes from a gateway and proves nothing: the port may exist and its
 * VLAN may be in use.
 */
export function isNotFound(error: unknown): boolean {
  return error instanceof OpenStackError && error.status === 404 && error.type !== '';
}

/**
 * Answers of a proxy when Neutron is down, and of Neutron or Keystone's middleware when their own backends
 * are down.
 */
const awayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);
const awayTypes: ReadonlySet<string> = new Set(['', 'ServiceUnavailable', 'HTTPServiceUnavailable']);

/** Whether Neutron or Keystone is unavailable as a whole, so that the next request would fail as well. */
export function isAway(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return true;
  return error instanceof OpenStackError && awayStatuses.has(error.status) && awayTypes.has(error.type);
}

/** Whether an error for the user says that Keystone or Neutron is unavailable. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof OvnDockerError && error.code === 'E_API_UNREACHABLE';
}

/** Whether Neutron may still be working on the request: the answer was lost, or a proxy did not get it. */
export function mayBeUnderWay(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return error.outcome === 'unknown';
  return error instanceof OpenStackError && (error.status === 502 || error.status === 504);
}

/** Whether the client or a proxy timed out; Neutron may finish the request at any moment. */
export function isGivenUp(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return error.code === 'OPENSTACK_TIMEOUT';
  return error instanceof OpenStackError && error.status === 504;
}

const TOKEN_HINT =
  'a VM that works through a broker has no credential for this: bring your own (OS_TOKEN with --auth-url, OS_* variables), or run the command outside the VM';

/**
 * Translates an error of the OpenStack client into the error for the user; returns any other error unchanged.
 */
export function explainRefusal(error: unknown): unknown {
  if (error instanceof OpenStackConnectionError) {
    // The hint "check OS_AUTH_URL and the route" does not help against a refused certificate.
    const hint = error.code === 'OPENSTACK_TLS' ? { hint: error.hint } : {};
    return new OvnDockerError('E_API_UNREACHABLE', error.message, { cause: error, ...hint });
  }
  if (error instanceof OpenStackCatalogError) {
    if (error.code === 'OPENSTACK_NO_TOKEN')
      return new OvnDockerError('E_NO_CREDENTIAL', error.message, { cause: error, hint: TOKEN_HINT });
    const code = error.code === 'OPENSTACK_NO_ENDPOINT' ? 'E_ENDPOINT' : 'E_NO_PROJECT';
    return new OvnDockerError(code, error.message, { cause: error });
  }
  // The CA file is read only when the first connection is opened.
  if (error instanceof CloudConfigError) {
    return new OvnDockerError('E_CONFIG', error.message, { cause: error, hint: error.hint });
  }
  if (!(error instanceof OpenStackError)) return error;
  if (isAway(error)) {
    return new OvnDockerError('E_API_UNREACHABLE', error.message, { cause: error, hint: error.hint });
  }
  const code = codeOf(error);
  const id = error.requestId && !error.message.includes(error.requestId) ? ` (${error.requestId})` : '';
  return new OvnDockerError(code, `${error.message}${id}`, { cause: error, ...hintOf(error) });
}

function codeOf(error: OpenStackError): ErrorCode {
  if (isParentUnknown(error)) return 'E_VIF_UNKNOWN';
  if (isTrunkRefused(error) || isNestedTwice(error)) return 'E_TRUNK_REFUSED';
  const rule = brokersRule(error);
  if (rule !== undefined && error.type !== 'OverQuota') return codeOfRule(rule);
  if (error.code === 'OPENSTACK_ACCESS_RULES') return 'E_ACCESS_RULES';
  if (error.code === 'OPENSTACK_RULES_UNSUPPORTED') return 'E_RULES_UNSUPPORTED';
  return byType[error.type] ?? byStatus(error);
}

/** The rule by which the broker refused a request; undefined for an answer of Neutron. */
function brokersRule({ reason }: OpenStackError): string | undefined {
  return /^the broker's rule "([^"]+)"/.exec(reason)?.[1];
}

function codeOfRule(rule: string): ErrorCode {
  if (rule === 'certificate' || rule === 'revoked') return 'E_CERTIFICATE';
  return rule === 'token' ? 'E_JOIN_TOKEN' : 'E_BROKER_REFUSED';
}

/** What helps in the VM against a rule of the broker, where the code's own hint does not. */
const ruleHints: Readonly<Record<string, string>> = {
  'source address':
    'the broker accepts requests from the fixed IPs of the VM’s own port only: correct a NAT or another source address on the way (`ip route get ADDRESS-OF-THE-BROKER`), or ask the operator for `invite --from`',
  networks:
    'the invitation of this VM does not allow that: create or delete the network from outside the VM, or ask the operator for `invite --with-networks`',
  quota: 'remove containers, or ask the operator of the broker for a higher quota: `invite --max-ports`',
  rate: 'the VM sends more requests than the broker accepts: the agent tries again later; `limits` in the broker’s configuration has the numbers',
  credential: 'ask the operator of the broker to correct its own credential',
};

/** Only the request that creates a trunk is a POST: the VM's own port is a subport of another trunk. */
function isNestedTwice({ type, method }: OpenStackError): boolean {
  return type === 'TrunkPortInUse' && method === 'POST';
}

/** Answers that exceed a limit of the client, which the client's own hint explains. */
const endlessCodes: ReadonlySet<string> = new Set(['OPENSTACK_ANSWER_TOO_LONG', 'OPENSTACK_ENDLESS_LIST']);

/** What helps when Neutron's policy forbids a request, by the rule that its message names (policy.yaml). */
const policyHints = [
  // By default only a network's own project may choose addresses there.
  [/create_port:fixed_ips/, 'only the network’s own project may choose addresses there: run it without --ip'],
  [
    /create_port:mac_address/,
    'only the network’s own project may choose addresses there: run it without --mac-address',
  ],
  [/create_network:shared/, 'only an admin may share a network: leave neutron.net.shared out, or ask one'],
  [
    /(create|update)_port:binding:/,
    'only an admin may write a port’s binding: leave `mode: port-binding` out of the configuration',
  ],
  [/delete_network|update_network/, 'the network belongs to another project: only that project can do this'],
] as const;

function hintOf(error: OpenStackError): { hint?: string } {
  const { status, message, type } = error;
  const ruleHint = ruleHints[brokersRule(error) ?? ''];
  if (ruleHint !== undefined) return { hint: ruleHint };
  if (type === 'TrunkInErrorState') {
    return { hint: 'ask the cloud’s operator why; a trunk in this state must be deleted and created again' };
  }
  if (isNestedTwice(error)) {
    return {
      hint: 'the VM’s own port is a subport, and Neutron nests ports only once: use a VM with an ordinary port',
    };
  }
  if (isLoginRefused(error)) {
    return {
      hint: 'Keystone refuses the credential itself: it is wrong, expired or deleted. Correct it where it is configured, or make another one (`ovn-docker credential create`, `openstack application credential create`)',
    };
  }
  if (endlessCodes.has(error.code)) return { hint: error.hint };
  const [, hint] = policyHints.find(([rule]) => status === 403 && rule.test(message)) ?? [];
  return hint === undefined ? {} : { hint };
}

/** A login is a POST; a token is only validated, with a GET. */
function isLoginRefused({ code, method, url }: OpenStackError): boolean {
  return code === 'OPENSTACK_UNAUTHORIZED' && method === 'POST' && url.endsWith('/auth/tokens');
}

/**
 * A POST is refused with this type if the parent port is unknown; other methods, if the container's port is
 * unknown.
 */
function isParentUnknown({ type, method }: OpenStackError): boolean {
  return type === 'PortNotFound' && method === 'POST';
}

function byStatus({ status, code }: OpenStackError): ErrorCode {
  if (code === 'OPENSTACK_UNAUTHORIZED') return 'E_TOKEN_REFUSED';
  if (status === 403) return 'E_FORBIDDEN';
  return 'E_API_FAILED';
}

/** Awaits `work`; rejects with the error for the user. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainRefusal(error);
  }
}
