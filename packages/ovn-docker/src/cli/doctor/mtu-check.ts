import { fetchNetworks } from '../../clients/neutron/networks.ts';
import type { VmSwitch } from '../../clients/vm-switch.ts';
import { OvnDockerError } from '../../errors.ts';
import { dockerNetworks } from '../../networks/docker-networks.ts';
import { rowKeys } from '../../nics/names.ts';
import { requireMtu } from '../../vm/require-mtu.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/**
 * Whether packets of `--network`, by default the VM's own network, and of every network that containers of
 * this VM use, fit through the VM's port and uplink.
 */
export const mtuCheck: Check<DoctorContext> = {
  name: 'MTU',

  async run(context) {
    const { config } = context.settings;
    const { neutron } = requireFinding(context, 'cloud');
    const own = await neutron.networks.get(requireFinding(context, 'parent').network_id);
    const uplink = context.netlink.link(config.uplink)?.mtu;
    if (uplink === undefined) throw new OvnDockerError('E_LINK', `there is no interface ${config.uplink}`);
    const { network = own } = context.findings;
    const { mtu } = network;
    const name = network.name || network.id;
    const link = { uplink: config.uplink, netlink: context.netlink, parentMtu: own.mtu };
    requireMtu({ network }, link);
    const used = await fetchNetworks(neutron, networksInUse(requireFinding(context, 'vmSwitch')));
    for (const carried of used.values()) requireMtu(carried, link);
    return { facts: [`uplink ${uplink}, the VM's own network ${own.mtu ?? '-'}, ${name} ${mtu ?? '-'}`] };
  },
};

/** Ids of the Neutron networks behind the VM's Docker networks and NICs. */
function networksInUse(vmSwitch: VmSwitch): string[] {
  const ofNics = vmSwitch.ports().flatMap(({ externalIds }) => externalIds[rowKeys.network] ?? []);
  return [
    ...dockerNetworks
      .all(vmSwitch)
      .values()
      .map(({ network }) => network),
    ...ofNics,
  ];
}
