import type { Link as Interface } from '@ovn-docker/netlink';
import { OvnDockerError } from '../../errors.ts';
import { isOurInterface } from '../../nics/names.ts';
import { findParentPort } from '../../vm/own-port.ts';
import type { Check } from '../checklist/check.ts';
import { givenVifId } from '../settings.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/**
 * Which Neutron port is the VM's own. This check accepts a port with the MAC address of any interface of the
 * VM; the switch check then requires the MAC address of bridge or uplink.
 */
export const vifIdCheck: Check<DoctorContext> = {
  name: 'vif-id',

  async run(context) {
    const { settings, findings } = context;
    const macs = candidateMacs(context);
    const given = givenVifId(settings);
    const certified = requireFinding(context, 'access').vm?.vif_id;
    const identity = { macs, metadataUrl: settings.config.metadata_url, given, certified };
    const { port, source } = await findParentPort(requireFinding(context, 'cloud').neutron, identity);
    if (port.admin_state_up === false) {
      throw new OvnDockerError('E_VIF_DISABLED', `the VM's own port ${port.id} is administratively down`);
    }
    findings.parent = port;
    const ips = port.fixed_ips.map(({ ip_address }) => ip_address).join(' ');
    return { facts: [`${port.id} (${source}): ${port.mac_address} ${ips}, status ${port.status}`] };
  },
};

/** The MAC addresses of bridge and uplink, then of the VM's other interfaces except those of containers. */
function candidateMacs({ settings: { config }, netlink }: DoctorContext): string[] {
  const isCandidate = ({ name, kind, mac, peerNetnsId }: Interface) =>
    mac !== '' && kind !== 'bridge' && peerNetnsId === undefined && !isOurInterface(name) && name !== 'lo';
  const interfaces = netlink.links();
  const configured = [config.ovs.bridge, config.uplink].flatMap(
    (name) => interfaces.find((each) => each.name === name) ?? [],
  );
  const candidates = [...configured, ...interfaces.filter(isCandidate)];
  return [...new Set(candidates.map(({ mac }) => mac.toLowerCase()))];
}
