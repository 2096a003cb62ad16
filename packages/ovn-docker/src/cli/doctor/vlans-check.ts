import { portTags } from '../../clients/neutron/port-tags.ts';
import { usedVlans } from '../../nics/recover.ts';
import { findTrunk } from '../../vm/parent-link/trunk.ts';
import { LAST_VLAN, obstaclesOn, Vlans } from '../../vm/vlans.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Whether a VLAN is free: under the VM's port in Neutron, on the bridge and on the uplink. */
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
    const { uplink } = context.settings.config;
    const obstacleOf = obstaclesOn(requireFinding(context, 'vmSwitch'), uplink);
    const vlans = new Vlans(usedVlans({ ports, subports }), obstacleOf);
    const count = vlans.count();
    if (count.free === 0) throw vlans.exhausted();
    return {
      facts: [
        `${count.neutron} of ${LAST_VLAN} in use; ${ports.length} ports of containers in this VM`,
        ...(count.bridge > 0 ? [`${count.bridge} more taken on the bridge by other programs`] : []),
        ...(count.uplink > 0 ? [`${count.uplink} not passed by uplink ${uplink}; ${count.free} free`] : []),
      ],
    };
  },
};
