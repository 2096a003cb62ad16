import { OvnDockerError } from '../../errors.ts';
import { portTags } from '../../nics/names.ts';
import { usedVlans } from '../../nics/recover.ts';
import { findTrunk } from '../../vm/parent-link/trunk.ts';
import { type Link, need } from '../checklist/check.ts';

/** IEEE 802.1Q: 0 and 4095 are no VLANs. */
const ALL = 4094;

/** The VLANs under the VM's port, as Neutron knows them. */
export const countVlans: Link = {
  name: 'VLANs',

  async look(patient) {
    const { neutron } = need(patient, 'cloud');
    const { id } = need(patient, 'parent');
    const ports = await neutron.ports.all({ tags: portTags.vif(id) });
    const trunk = await findTrunk(neutron, id);
    const subports = new Map(
      trunk?.sub_ports?.map(({ port_id, segmentation_id }) => [port_id, segmentation_id]),
    );
    const used = new Set(usedVlans({ ports, subports, rows: [] })).size;
    if (used >= ALL) throw new OvnDockerError('E_VLANS_EXHAUSTED', `all ${ALL} VLANs are in use`);
    return { facts: [`${used} of ${ALL} in use; ${ports.length} ports of containers in this VM`] };
  },
};
