import { nearestKey, suggestion } from '@ovn-docker/config-file/nearest-key';
import { isUuid } from '../clients/neutron/find-one.ts';
import { splitGroups } from '../clients/neutron/security-groups.ts';
import { isStorable } from '../clients/outside-text.ts';
import { DOCKERS_PREFIX, endpointOptionNames, optionNames, ownPrefixes } from '../config/known-keys.ts';
import { OvnDockerError } from '../errors.ts';
import { mtuOption, type NetworkOptions, publishOption, sharedOption } from './options.ts';

/** How the user passes an option: to `docker network create`, or for one container on a network. */
type Flag = '-o' | '--ipam-opt' | 'driver-opt';

const knownKeys: Readonly<Record<Flag, readonly string[]>> = {
  '-o': Object.values(optionNames),
  '--ipam-opt': Object.values(optionNames),
  'driver-opt': Object.values(endpointOptionNames),
};

/** Each id and the name that says the same in another way. */
const alternatives = [
  [optionNames.networkId, optionNames.networkName],
  [optionNames.subnetId, optionNames.subnetName],
  [optionNames.v6SubnetId, optionNames.v6SubnetName],
  [optionNames.subnetPoolId, optionNames.subnetPoolName],
  [optionNames.v6SubnetPoolId, optionNames.v6SubnetPoolName],
] as const;

/**
 * Checks keys and values, before they decide which Neutron network a Docker network has: a misspelt key would
 * otherwise create a new network.
 * @returns a warning for each key that neither ovn-docker nor Docker defines
 * @throws OvnDockerError `E_OPTION_UNKNOWN` for a key with a prefix of ovn-docker's or almost equal to one of
 * its keys, `E_NETWORK_OPTION` for a wrong value
 */
export function checkOptions(options: NetworkOptions, flag: Flag): string[] {
  const known = knownKeys[flag];
  const unknown = Object.keys(options).filter((key) => !known.includes(key));
  for (const key of unknown) requireOthers(key, flag);
  for (const [key, value] of Object.entries(options)) if (known.includes(key)) checkValue(key, value, flag);
  for (const [id, name] of alternatives) {
    if (options[id] === undefined || options[name] === undefined) continue;
    throw new OvnDockerError('E_NETWORK_OPTION', `${flag} has both ${id} and ${name}`, {
      hint: 'use one of the two',
    });
  }
  mtuOption(options);
  sharedOption(options);
  publishOption(options);
  return unknown
    .filter((key) => !key.startsWith(DOCKERS_PREFIX))
    .map((key) => `ovn-docker does not know ${flag} ${key} and ignores it`);
}

/** @throws OvnDockerError `E_OPTION_UNKNOWN` when the key can only be meant for ovn-docker */
function requireOthers(key: string, flag: Flag): void {
  const known = knownKeys[flag];
  const isOwn = ownPrefixes.some((prefix) => key.toLowerCase().startsWith(prefix));
  if (!isOwn && nearestKey(key, known) === undefined) return;
  const message = `there is no option ${flag} ${key}${suggestion(key, known)}`;
  throw new OvnDockerError('E_OPTION_UNKNOWN', message, {
    hint: `the options are ${known.join(', ')}; docs/docker.md explains them`,
  });
}

function checkValue(key: string, value: string, flag: Flag): void {
  if (value.trim() === '') {
    throw new OvnDockerError('E_NETWORK_OPTION', `${flag} ${key} is empty`, {
      hint: 'give it a value, or leave it out',
    });
  }
  if (!isStorable(value)) {
    throw new OvnDockerError('E_NETWORK_OPTION', `${flag} ${key} has control characters or invalid Unicode`, {
      hint: 'write the name again',
    });
  }
  if (key.endsWith('.uuid') && !isUuid(value)) {
    throw new OvnDockerError('E_NETWORK_OPTION', `${flag} ${key}=${value} is not an id`, {
      hint: `name it by ${key.replace(/uuid$/, 'name')}`,
    });
  }
  if (key === optionNames.securityGroups && splitGroups(value).length === 0) {
    throw new OvnDockerError('E_NETWORK_OPTION', `${flag} ${key}=${value} names no security group`, {
      hint: 'write names or ids, separated by commas',
    });
  }
}
