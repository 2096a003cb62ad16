import { OvnDockerError } from '../../errors.ts';
import { findTrunk } from '../../vm/parent-link/trunk.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Whether Neutron accepts subports in the trunk on the VM's port. */
export const trunkCheck: Check<DoctorContext> = {
  name: 'trunk',

  async run(context) {
    if (requireFinding(context, 'mode') === 'port-binding') {
      return { facts: ['not needed: the binding of each port names parent and VLAN'] };
    }
    const { neutron } = requireFinding(context, 'cloud');
    const trunk = await findTrunk(neutron, requireFinding(context, 'parent').id);
    if (!trunk) return { facts: ['none yet: the agent creates it on the VM’s port for the first NIC'] };
    const { id, status, sub_ports: subports = [] } = trunk;
    if (trunk.admin_state_up === false) {
      throw new OvnDockerError('E_TRUNK', `trunk ${id} is administratively down`);
    }
    if (status === 'ERROR') throw new OvnDockerError('E_TRUNK', `trunk ${id} is in status ERROR`);
    return { facts: [`${id}, status ${status}, ${subports.length} subports`] };
  },
};
