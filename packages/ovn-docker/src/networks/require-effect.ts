import { optionNames } from '../config/known-keys.ts';
import { OvnDockerError } from '../errors.ts';
import { type NetworkOptions, subnetOption, subnetPoolOption } from './options.ts';

/** The options that Docker must pass to the network driver. */
const driverOnly = [
  optionNames.securityGroups,
  optionNames.publish,
  optionNames.shared,
  optionNames.mtu,
] as const;

/** The options of a new Docker network, and what it is. */
interface Request {
  /** `-o` */
  readonly options: NetworkOptions;
  /** `--ipam-opt` */
  readonly ipamOptions: NetworkOptions;
  /** The IP versions of its subnets. */
  readonly versions: readonly (4 | 6)[];
  /** Whether the agent makes a Neutron network for it. */
  readonly isNew: boolean;
}

/**
 * Refuses options that would have no effect: passed to the wrong driver, or meant for another kind of
 * network.
 * @throws OvnDockerError `E_NETWORK_OPTION`
 */
export function requireEffect({ options, ipamOptions, versions, isNew }: Request): void {
  for (const key of driverOnly) {
    const value = ipamOptions[key];
    if (value !== undefined && value !== options[key])
      refuse(`--ipam-opt ${key}=${value}`, `pass it to the network driver: -o ${key}=${value}`);
  }
  for (const version of [4, 6] as const) {
    const pool = subnetPoolOption(options, version);
    const ipamPool = subnetPoolOption(ipamOptions, version);
    if ((pool ?? ipamPool) !== undefined && !isNew) {
      refuse(
        `subnet pool "${pool ?? ipamPool}"`,
        'an existing network has its subnets: leave neutron.pool.* out',
      );
    }
    if (pool !== undefined && pool !== ipamPool) {
      refuse(`-o … for subnet pool "${pool}"`, 'pass it to the IPAM driver: --ipam-opt');
    }
    const named = subnetOption(options, version) ?? subnetOption(ipamOptions, version) ?? ipamPool;
    if (named === undefined || versions.includes(version)) continue;
    const hint = version === 6 ? 'add --ipv6' : 'leave --ipv4=false out';
    refuse(`"${named}" for IPv${version}`, hint);
  }
}

function refuse(what: string, hint: string): never {
  throw new OvnDockerError('E_NETWORK_OPTION', `${what} would have no effect`, { hint });
}
