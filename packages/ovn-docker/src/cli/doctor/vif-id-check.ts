import type { Link as Interface } from '@ovn-docker/netlink';
import { OvnDockerError } from '../../errors.ts';
import { isOurInterface } from '../../nics/names.ts';
import { findParentPort } from '../../vm/own-port.ts';
import { type Link, need, type Patient } from '../checklist/check.ts';
import { givenVifId } from '../settings.ts';

/**
 * The VM's own port. Any interface of the VM may have its MAC address here: that it is the one towards the hypervisor, a later
 * link looks at, which knows the switch.
 */
export const findVifId: Link = {
  name: 'vif-id',

  async look(patient) {
    const { settings, found } = patient;
    const macs = candidateMacs(patient);
    const given = givenVifId(settings);
    const identity = { macs, metadataUrl: settings.config.metadata_url, ...(given ? { given } : {}) };
    const { port, source } = await findParentPort(need(patient, 'cloud').neutron, identity);
    if (port.admin_state_up === false) {
      throw new OvnDockerError('E_VIF_DISABLED', `the VM's own port ${port.id} is administratively down`);
    }
    found.parent = port;
    const ips = port.fixed_ips.map(({ ip_address }) => ip_address).join(' ');
    return { facts: [`${port.id} (${source}): ${port.mac_address} ${ips}, status ${port.status}`] };
  },
};

/** Those of bridge and uplink first; without what goes to containers. */
function candidateMacs({ settings: { config }, netlink }: Patient): string[] {
  const named = [config.ovs.bridge, config.uplink];
  const leadsOut = ({ name, kind, mac, peerNetnsId }: Interface) =>
    mac !== '' && kind !== 'bridge' && peerNetnsId === undefined && !isOurInterface(name) && name !== 'lo';
  const links = netlink.links();
  const first = named.flatMap((name) => links.find((link) => link.name === name) ?? []);
  return [...new Set([...first, ...links.filter(leadsOut)].map(({ mac }) => mac.toLowerCase()))];
}
