import { z } from 'zod';
import { splitGroups } from '../clients/neutron/security-groups.ts';
import { type PublishMode, publishModes } from '../config/agent-config.ts';
import { optionNames } from '../config/known-keys.ts';
import { OvnDockerError } from '../errors.ts';

/** The options of one container network, by name. */
export type NetworkOptions = Readonly<Record<string, string>>;
type Version = 4 | 6;

/** Name or id of the existing Neutron network that the options name. */
export function networkOption(options: NetworkOptions): string | undefined {
  return options[optionNames.networkId] || options[optionNames.networkName] || undefined;
}

/** Name or id of the existing subnet that the options name for the IP version. */
export function subnetOption(options: NetworkOptions, version: Version): string | undefined {
  const { subnetId, subnetName, v6SubnetId, v6SubnetName } = optionNames;
  const [id, name] = version === 6 ? [v6SubnetId, v6SubnetName] : [subnetId, subnetName];
  return options[id] || options[name] || undefined;
}

/** Name or id of the subnet pool that the options name for the IP version. */
export function subnetPoolOption(options: NetworkOptions, version: Version): string | undefined {
  const { subnetPoolId, subnetPoolName, v6SubnetPoolId, v6SubnetPoolName } = optionNames;
  const [id, name] = version === 6 ? [v6SubnetPoolId, v6SubnetPoolName] : [subnetPoolId, subnetPoolName];
  return options[id] || options[name] || undefined;
}

/** Names or ids of the security groups that the options name. */
export function securityGroupsOption(options: NetworkOptions): string[] {
  return splitGroups(options[optionNames.securityGroups] ?? '');
}

/**
 * What becomes of containers that publish ports; undefined when the options do not say.
 * @throws OvnDockerError `E_NETWORK_OPTION`
 */
export function publishOption(options: NetworkOptions): PublishMode | undefined {
  const text = options[optionNames.publish];
  if (!text) return undefined;
  const mode = z.enum(publishModes).safeParse(text);
  if (mode.success) return mode.data;
  throw new OvnDockerError(
    'E_NETWORK_OPTION',
    `${optionNames.publish}=${text} is none of ${publishModes.join(', ')}`,
  );
}

/** The requested MTU in bytes. @throws OvnDockerError `E_NETWORK_OPTION` */
export function mtuOption(options: NetworkOptions): number | undefined {
  const text = options[optionNames.mtu];
  if (!text) return undefined;
  // RFC 791 §3.1: every link carries 68 bytes; 65,535 is the largest packet.
  const mtu = z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.number().min(68).max(65_535))
    .safeParse(text);
  if (mtu.success) return mtu.data;
  throw new OvnDockerError('E_NETWORK_OPTION', `-o ${optionNames.mtu}=${text} is not an MTU`);
}

/**
 * Whether all projects are to see the network; undefined when the options do not say.
 * @throws OvnDockerError `E_NETWORK_OPTION`
 */
export function sharedOption(options: NetworkOptions): boolean | undefined {
  const text = options[optionNames.shared];
  if (!text) return undefined;
  // kuryr-libnetwork uses bool_from_string of oslo.utils, which reads these words; other words are refused
  // here, while bool_from_string takes them for false.
  const shared = z.stringbool({ truthy: TRUTHY, falsy: FALSY }).safeParse(text);
  if (shared.success) return shared.data;
  throw new OvnDockerError('E_NETWORK_OPTION', `-o ${optionNames.shared}=${text} is neither true nor false`);
}

const TRUTHY = ['1', 't', 'true', 'on', 'y', 'yes'];
const FALSY = ['0', 'f', 'false', 'off', 'n', 'no'];
