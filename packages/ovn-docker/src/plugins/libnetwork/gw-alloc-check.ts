import type { Neutron } from '@ovn-docker/openstack';
import { namedNetwork } from '../../networks/named-network.ts';
import { subnetOption } from '../../networks/options.ts';
import { genericOptions, isInternal, type Requests } from './wire.ts';

/**
 * Tells Docker (28 or newer) for which IP versions it need not request a gateway address: where the network
 * has none. Docker asks before RequestPool, so it knows an existing network only by the options for the
 * network driver (`-o`). For a network that only `--ipam-opt` names, Docker requests a gateway as before.
 */
export async function gwAllocCheck(
  neutron: Neutron,
  { Options }: Requests['GwAllocCheck'],
): Promise<{ SkipIPv4: boolean; SkipIPv6: boolean }> {
  const options = genericOptions(Options);
  const existing = await namedNetwork(neutron, options);
  const hasNone = (version: 4 | 6): boolean => {
    if (!existing) return isInternal(Options);
    const name = subnetOption(options, version);
    const subnets = existing.subnets.filter(
      (subnet) =>
        subnet.ip_version === version && (name === undefined || [subnet.id, subnet.name].includes(name)),
    );
    // Which of several subnets Docker's network has, `--subnet` decides later.
    return subnets.length > 0 && subnets.every(({ gateway_ip }) => gateway_ip === null);
  };
  return { SkipIPv4: hasNone(4), SkipIPv6: hasNone(6) };
}
