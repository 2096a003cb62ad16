import { findNetwork } from '../../clients/neutron/networks.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Whether packets of `--network`, by default the VM's own network, fit through the VM's port and uplink. */
export const mtuCheck: Check<DoctorContext> = {
  name: 'MTU',

  async run(context) {
    const { config, options } = context.settings;
    const { neutron } = requireFinding(context, 'cloud');
    const own = await neutron.networks.get(requireFinding(context, 'parent').network_id);
    const uplink = context.netlink.link(config.uplink)?.mtu;
    if (uplink === undefined) throw new OvnDockerError('E_LINK', `there is no interface ${config.uplink}`);
    const network = options.network ? (await findNetwork(neutron, options.network)).network : own;
    const { mtu } = network;
    const name = network.name || network.id;
    if (mtu !== undefined && own.mtu !== undefined && mtu > own.mtu) {
      const message = `network ${name} has MTU ${mtu}, but the VM's own port only ${own.mtu}`;
      throw new OvnDockerError('E_MTU', message);
    }
    if (mtu !== undefined && mtu > uplink) {
      const message = `network ${name} has MTU ${mtu}, but the uplink ${config.uplink} of this VM only ${uplink}`;
      const hint = `\`ip link set dev ${config.uplink} mtu ${mtu}\`, and set the same MTU in the VM's own network configuration`;
      throw new OvnDockerError('E_MTU', message, { hint });
    }
    return { facts: [`uplink ${uplink}, the VM's own network ${own.mtu ?? '-'}, ${name} ${mtu ?? '-'}`] };
  },
};
