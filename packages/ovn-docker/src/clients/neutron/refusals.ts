import {
  CloudConfigError,
  OpenStackCatalogError,
  OpenStackConnectionError,
  OpenStackError,
} from '@ovn-docker/openstack';
import { type ErrorCode, OvnDockerError } from '../../errors.ts';

/**
 * What Neutron's error types mean to a user. A 409 has many meanings, so the type decides and not the status;
 * names as in neutron-lib's exceptions.
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

/** Neutron's types for "another port under this parent has the tag". */
const tagTakenTypes = new Set(['DuplicateSubPort', 'ParentTagInUse']);

/** Whether Neutron refused because the VLAN is taken, by whomever: the next one may do. */
export function isVlanTaken(error: unknown): boolean {
  return error instanceof OpenStackError && tagTakenTypes.has(error.type);
}

/**
 * Whether Neutron says that the thing is not there (any more). Its own 404 always has a type (as recorded of a real one); one
 * without is some gateway's, and says nothing: the port may well be there, and its VLAN be in use.
 */
export function isNotFound(error: unknown): boolean {
  return error instanceof OpenStackError && error.status === 404 && error.type !== '';
}

/** Of a proxy before a Neutron that is down, and of a Neutron or a Keystone middleware that lacks what it needs itself. */
const awayStatuses: ReadonlySet<number> = new Set([502, 503, 504]);
const awayTypes: ReadonlySet<string> = new Set(['', 'ServiceUnavailable', 'HTTPServiceUnavailable']);

/** Whether nobody answers who could: then asking for the next thing only makes it wait, too. */
export function isAway(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return true;
  return error instanceof OpenStackError && awayStatuses.has(error.status) && awayTypes.has(error.type);
}

/** Whether an error for the user says that nobody answers. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof OvnDockerError && error.code === 'E_API_UNREACHABLE';
}

/** Whether Neutron may be at work on the request still: the answer is lost, or a proxy has given up waiting for it. */
export function mayBeUnderWay(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return error.outcome === 'unknown';
  return error instanceof OpenStackError && (error.status === 502 || error.status === 504);
}

/** Whether the client, or a proxy before Neutron, has waited for the answer as long as it would: it may come any moment. */
export function isGivenUp(error: unknown): boolean {
  if (error instanceof OpenStackConnectionError) return error.code === 'OPENSTACK_TIMEOUT';
  return error instanceof OpenStackError && error.status === 504;
}

/** The error for the user behind an error of the OpenStack client; anything else is returned as it is. */
export function explainRefusal(error: unknown): unknown {
  if (error instanceof OpenStackConnectionError) {
    // "Check the URL and the route" helps nobody whose certificate is refused.
    const hint = error.code === 'OPENSTACK_TLS' ? { hint: error.hint } : {};
    return new OvnDockerError('E_API_UNREACHABLE', error.message, { cause: error, ...hint });
  }
  if (error instanceof OpenStackCatalogError) {
    const code = error.code === 'OPENSTACK_NO_ENDPOINT' ? 'E_ENDPOINT' : 'E_TOKEN_REFUSED';
    return new OvnDockerError(code, error.message, { cause: error, hint: error.hint });
  }
  // Only the CA file is read as late as this.
  if (error instanceof CloudConfigError) {
    return new OvnDockerError('E_CONFIG', error.message, { cause: error, hint: error.hint });
  }
  if (!(error instanceof OpenStackError)) return error;
  if (isAway(error)) {
    return new OvnDockerError('E_API_UNREACHABLE', error.message, { cause: error, hint: error.hint });
  }
  const code = isParentUnknown(error) ? 'E_VIF_UNKNOWN' : (byType[error.type] ?? byStatus(error.status));
  const id = error.requestId && !error.message.includes(error.requestId) ? ` (${error.requestId})` : '';
  return new OvnDockerError(code, `${error.message}${id}`, { cause: error, ...hintOf(error) });
}

/** On a network of another project, Neutron's default policy has only its owner choose addresses (policy.yaml, `create_port`). */
function hintOf({ status, message }: OpenStackError): { hint?: string } {
  const [, attribute] = /create_port:(fixed_ips:ip_address|mac_address)\b/.exec(message) ?? [];
  if (status !== 403 || attribute === undefined) return {};
  const option = attribute === 'mac_address' ? '--mac-address' : '--ip';
  return { hint: `the network is another project’s, and Neutron chooses there: run it without ${option}` };
}

/** A call that makes something is refused so because of the port that it goes under; another one, because of a container's port. */
function isParentUnknown({ type, method }: OpenStackError): boolean {
  return type === 'PortNotFound' && method === 'POST';
}

function byStatus(status: number): ErrorCode {
  if (status === 401) return 'E_TOKEN_REFUSED';
  if (status === 403) return 'E_FORBIDDEN';
  return 'E_API_FAILED';
}

/** Awaits `work` and rejects with the error for the user. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainRefusal(error);
  }
}
