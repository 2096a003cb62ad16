import type { Port } from '@ovn-docker/openstack';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { findTrunk, Trunk } from '../../vm/parent-link/trunk.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';
import { requireCalls } from './describe-credential.ts';

/**
 * Whether the VM's port has a trunk that accepts subports. Creates the trunk if there is none, so that a
 * cloud's refusal shows before the first container.
 */
export const trunkCheck: Check<DoctorContext> = {
  name: 'trunk',

  async run(context) {
    if (requireFinding(context, 'mode') === 'port-binding') {
      return { facts: ['not needed: the binding of each port names parent and VLAN'] };
    }
    const cloud = requireFinding(context, 'cloud');
    const { neutron } = cloud;
    const parent = requireFinding(context, 'parent');
    const trunk = await explained(findTrunk(neutron, parent.id));
    if (!trunk) {
      if (!isOnUplink(parent, context))
        return { facts: ['none on this port, which is not that of the uplink'] };
      // Some clouds make no trunk on the port of a running VM, and only the request itself shows it.
      const made = await explained(new Trunk(neutron, parent.id).ensure());
      return { facts: [`${made}, made now on the VM's own port, as the agent would for the first NIC`] };
    }
    const { id, status, sub_ports: subports = [] } = trunk;
    const { token } = requireFinding(context, 'access');
    if (token) await requireCalls(cloud, token, id);
    if (trunk.admin_state_up === false) {
      throw new OvnDockerError('E_TRUNK', `trunk ${id} is administratively down`);
    }
    if (status === 'ERROR') {
      throw new OvnDockerError('E_TRUNK', `trunk ${id} is in status ERROR`, {
        hint: 'ask the cloud’s operator why; a trunk in this state must be deleted and created again',
      });
    }
    return { facts: [`${id}, status ${status}, ${subports.length} subports`] };
  },
};

/** The vif-id check accepts the port of any interface; a trunk belongs on that of the uplink only. */
function isOnUplink({ mac_address }: Port, { settings, netlink }: DoctorContext): boolean {
  const { ovs, uplink } = settings.config;
  return [ovs.bridge, uplink].some(
    (name) => netlink.link(name)?.mac.toLowerCase() === mac_address.toLowerCase(),
  );
}
