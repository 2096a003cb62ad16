import type { PublishMode } from '../config/agent-config.ts';
import { DOCKERS_PREFIX, endpointOptionNames } from '../config/known-keys.ts';
import { OvnDockerError } from '../errors.ts';
import { checkOptions } from './check-options.ts';
import { publishOption, securityGroupsOption } from './options.ts';

/** What a user asks for one container on a network, instead of the network's own settings. */
export interface EndpointOptions {
  /** Names or ids of security groups; empty: those of the network. */
  readonly securityGroups: readonly string[];
  readonly publish: PublishMode | undefined;
  /** Name of the interface in the container. */
  readonly interfaceName: string | undefined;
  /** Keys that neither ovn-docker nor Docker defines. */
  readonly warnings: readonly string[];
}

/**
 * Reads the options of an endpoint. Docker mixes the user's options with its own, such as the published
 * ports, whose names begin with `com.docker.network.`.
 * @throws OvnDockerError `E_OPTION_UNKNOWN` or `E_NETWORK_OPTION`
 */
export function endpointOptions(all: Readonly<Record<string, unknown>> | null | undefined): EndpointOptions {
  const { interfaceName: nameKey } = endpointOptionNames;
  const options = Object.fromEntries(
    Object.entries(all ?? {}).flatMap(([key, value]) =>
      key.startsWith(DOCKERS_PREFIX) && key !== nameKey ? [] : [[key, String(value)]],
    ),
  );
  const warnings = checkOptions(options, 'driver-opt');
  const interfaceName = options[nameKey];
  if (interfaceName !== undefined) requireInterfaceName(interfaceName);
  return {
    securityGroups: securityGroupsOption(options),
    publish: publishOption(options),
    interfaceName,
    warnings,
  };
}

/**
 * Linux's rules for names of interfaces (net/core/dev.c, dev_valid_name: at most 15 bytes, no slash, no colon
 * and no space; `%` begins a pattern such as `eth%d`). Docker gives an interface without a name one like
 * `eth0`, `lo` exists already, and `all` and `default` are settings of all interfaces in /proc/sys/net.
 */
function requireInterfaceName(name: string): void {
  const isReserved = ['.', '..', 'lo', 'all', 'default'].includes(name);
  if (Buffer.byteLength(name) <= 15 && /^[^\s/:%\0]+$/.test(name) && !isReserved) return;
  throw new OvnDockerError(
    'E_NETWORK_OPTION',
    `${endpointOptionNames.interfaceName}=${name} is no name for an interface`,
    {
      hint: isReserved
        ? 'choose another name: Linux uses this one itself'
        : 'use 1 to 15 bytes, without spaces, slashes, colons and percent signs',
    },
  );
}
