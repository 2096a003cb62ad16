import { OvnDockerError } from '../../errors.ts';
import { findTrunk } from '../../vm/parent-link/trunk.ts';
import { type Link, need } from '../checklist/check.ts';

/** The trunk on the VM's port: whether it takes subports. */
export const lookAtTrunk: Link = {
  name: 'trunk',

  async look(patient) {
    if (need(patient, 'mode') === 'port-binding') {
      return { facts: ['not needed: the binding of each port names parent and VLAN'] };
    }
    const { neutron } = need(patient, 'cloud');
    const trunk = await findTrunk(neutron, need(patient, 'parent').id);
    if (!trunk) return { facts: ['none yet: the first NIC makes one on the VM’s port'] };
    const { id, status, sub_ports: subports = [] } = trunk;
    if (trunk.admin_state_up === false) {
      throw new OvnDockerError('E_TRUNK', `trunk ${id} is administratively down`);
    }
    if (status === 'ERROR') throw new OvnDockerError('E_TRUNK', `trunk ${id} is in status ERROR`);
    return { facts: [`${id}, status ${status}, ${subports.length} subports`] };
  },
};
