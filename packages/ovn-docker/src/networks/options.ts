import { z } from 'zod';
import { splitGroups } from '../clients/neutron/security-groups.ts';
import { OvnDockerError } from '../errors.ts';

/**
 * Options of `docker network create`, by `-o` for the network driver and by `--ipam-opt` for the IPAM driver. Those of
 * networks and pools are named as kuryr-libnetwork names them, so that existing scripts go on working.
 */
export const optionNames = {
  networkId: 'neutron.net.uuid',
  networkName: 'neutron.net.name',
  /** Whether other projects see the network that is made. */
  shared: 'neutron.net.shared',
  subnetId: 'neutron.subnet.uuid',
  subnetName: 'neutron.subnet.name',
  v6SubnetId: 'neutron.subnet.v6.uuid',
  v6SubnetName: 'neutron.subnet.v6.name',
  poolId: 'neutron.pool.uuid',
  poolName: 'neutron.pool.name',
  v6PoolId: 'neutron.pool.v6.uuid',
  v6PoolName: 'neutron.pool.v6.name',
  /** Names or ids with commas between: what the containers have instead of the project's default security group. */
  securityGroups: 'neutron.security_groups',
  /** Docker's own name for it. */
  mtu: 'com.docker.network.driver.mtu',
} as const;

type Given = Readonly<Record<string, string>>;
type Version = 4 | 6;

/** The existing Neutron network that is named, by name or id. */
export function networkOption(given: Given): string | undefined {
  return given[optionNames.networkId] || given[optionNames.networkName] || undefined;
}

/** The existing subnet that is named for addresses of this IP version, by name or id. */
export function subnetOption(given: Given, version: Version): string | undefined {
  const { subnetId, subnetName, v6SubnetId, v6SubnetName } = optionNames;
  const [id, name] = version === 6 ? [v6SubnetId, v6SubnetName] : [subnetId, subnetName];
  return given[id] || given[name] || undefined;
}

/** The subnet pool that is named for addresses of this IP version, by name or id. */
export function subnetPoolOption(given: Given, version: Version): string | undefined {
  const { poolId, poolName, v6PoolId, v6PoolName } = optionNames;
  const [id, name] = version === 6 ? [v6PoolId, v6PoolName] : [poolId, poolName];
  return given[id] || given[name] || undefined;
}

/** Names or ids of the security groups that are named. */
export function securityGroupsOption(given: Given): string[] {
  return splitGroups(given[optionNames.securityGroups] ?? '');
}

/** The MTU that is asked for. @throws OvnDockerError `E_NETWORK_OPTION` */
export function mtuOption(given: Given): number | undefined {
  const text = given[optionNames.mtu];
  if (!text) return undefined;
  // RFC 791 §3.1: every link carries 68 bytes; 65,535 is the largest packet.
  const mtu = z.coerce.number().int().min(68).max(65_535).safeParse(text);
  if (mtu.success) return mtu.data;
  throw new OvnDockerError('E_NETWORK_OPTION', `-o ${optionNames.mtu}=${text} is no MTU`);
}

/**
 * Whether the network is to be one that all projects see; undefined: nothing is said of it.
 * @throws OvnDockerError `E_NETWORK_OPTION`
 */
export function sharedOption(given: Given): boolean | undefined {
  const text = given[optionNames.shared];
  if (!text) return undefined;
  // As oslo.utils' bool_from_string reads it, which kuryr-libnetwork uses; what it does not know is refused, not taken for no.
  const shared = z.stringbool({ truthy: TRUTHY, falsy: FALSY }).safeParse(text);
  if (shared.success) return shared.data;
  throw new OvnDockerError('E_NETWORK_OPTION', `-o ${optionNames.shared}=${text} is neither true nor false`);
}

const TRUTHY = ['1', 't', 'true', 'on', 'y', 'yes'];
const FALSY = ['0', 'f', 'false', 'off', 'n', 'no'];

/** The IP version of a CIDR or an address. */
export function versionOf(text: string): Version {
  return text.includes(':') ? 6 : 4;
}
