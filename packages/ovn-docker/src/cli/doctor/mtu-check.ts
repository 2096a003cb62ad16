import { findNetwork } from '../../clients/neutron/networks.ts';
import { OvnDockerError } from '../../errors.ts';
import { type Link, need } from '../checklist/check.ts';

/** Whether the packets of a network fit through the VM's port and uplink: of the one that is named, else of the VM's own. */
export const compareMtu: Link = {
  name: 'MTU',

  async look(patient) {
    const { config, options } = patient.settings;
    const { neutron } = need(patient, 'cloud');
    const own = await neutron.networks.get(need(patient, 'parent').network_id);
    const uplink = patient.netlink.link(config.uplink)?.mtu;
    if (uplink === undefined) throw new OvnDockerError('E_LINK', `there is no interface ${config.uplink}`);
    const network = options.network ? (await findNetwork(neutron, options.network)).network : own;
    const { mtu } = network;
    const name = network.name || network.id;
    if (mtu !== undefined && own.mtu !== undefined && mtu > own.mtu) {
      const message = `network ${name} has MTU ${mtu}, and the VM's own port only ${own.mtu}`;
      throw new OvnDockerError('E_MTU', message);
    }
    if (mtu !== undefined && mtu > uplink) {
      const message = `network ${name} has MTU ${mtu}, and the uplink ${config.uplink} of this VM only ${uplink}`;
      const hint = `\`ip link set dev ${config.uplink} mtu ${mtu}\`, and the same in the configuration of the VM's network`;
      throw new OvnDockerError('E_MTU', message, { hint });
    }
    return { facts: [`uplink ${uplink}, the VM's own network ${own.mtu ?? '-'}, ${name} ${mtu ?? '-'}`] };
  },
};
