import { portTags } from '../../clients/neutron/port-tags.ts';
import { OvnDockerError } from '../../errors.ts';
import { usedVlans } from '../../nics/recover.ts';
import { findTrunk } from '../../vm/parent-link/trunk.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** IEEE 802.1Q: VLANs are 1 to 4094. */
const VLAN_COUNT = 4094;

/** Whether a VLAN is free under the VM's port, according to Neutron. */
export const vlansCheck: Check<DoctorContext> = {
  name: 'VLANs',

  async run(context) {
    const { neutron } = requireFinding(context, 'cloud');
    const { id } = requireFinding(context, 'parent');
    const ports = await neutron.ports.all({ tags: portTags.vif(id) });
    const trunk = await findTrunk(neutron, id);
    const subports = new Map(
      trunk?.sub_ports?.map(({ port_id, segmentation_id }) => [port_id, segmentation_id]),
    );
    const used = new Set(usedVlans({ ports, subports })).size;
    if (used >= VLAN_COUNT)
      throw new OvnDockerError('E_VLANS_EXHAUSTED', `all ${VLAN_COUNT} VLANs are in use`);
    return { facts: [`${used} of ${VLAN_COUNT} in use; ${ports.length} ports of containers in this VM`] };
  },
};
