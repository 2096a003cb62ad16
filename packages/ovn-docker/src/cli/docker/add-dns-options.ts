import type { NetworkView } from '../../api/types.ts';
import { type DockerRunArguments, optionValues } from './docker-run-arguments.ts';

/**
 * Adds the network's name servers and domain as options of `docker run`, unless the user set such options.
 * Containers run no DHCP client that could get them from Neutron.
 */
export function addDnsOptions(
  parsed: DockerRunArguments,
  { subnets, domain }: NetworkView,
): DockerRunArguments {
  const { options } = parsed;
  const servers = optionValues(options, '--dns').length > 0 ? [] : subnets.flatMap(({ dns }) => dns);
  const search = domain && optionValues(options, '--dns-search').length === 0 ? [domain] : [];
  return {
    ...parsed,
    options: [
      ...[...new Set(servers)].flatMap((server) => ['--dns', server]),
      ...search.flatMap((name) => ['--dns-search', name]),
      ...options,
    ],
  };
}
