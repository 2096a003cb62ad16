import { VmSwitch } from '../../clients/vm-switch.ts';
import { OvnDockerError } from '../../errors.ts';
import { type Link, need } from '../checklist/check.ts';

/** The VM's Open vSwitch: the bridge, and the uplink as a port of it that lets every VLAN through. */
export const lookAtSwitch: Link = {
  name: 'OVS bridge and uplink',

  async look(patient) {
    const { settings, found, closing } = patient;
    const { ovs, uplink } = settings.config;
    const vmSwitch = closing.use(await VmSwitch.open(ovs.remote, ovs.bridge));
    const ports = vmSwitch.ports();
    const port = ports.find(({ name }) => name === uplink);
    if (!port) {
      const message = `the uplink ${uplink} is no port of bridge ${ovs.bridge}`;
      const hint = `\`ovs-vsctl add-port ${ovs.bridge} ${uplink}\`, or name the right one as \`uplink\` in the configuration`;
      throw new OvnDockerError('E_SWITCH', message, { hint });
    }
    if (port.vlan !== undefined) {
      const message = `the uplink ${uplink} is an access port of VLAN ${port.vlan}: it lets no other VLAN through`;
      throw new OvnDockerError('E_SWITCH', message, { hint: `\`ovs-vsctl clear port ${uplink} tag\`` });
    }
    requireParentsMac(vmSwitch, need(patient, 'parent'), [ovs.bridge, uplink]);
    found.vmSwitch = vmSwitch;
    return { facts: [`${ovs.bridge} on ${ovs.remote}: uplink ${uplink}, ${ports.length - 1} other ports`] };
  },
};

function requireParentsMac(
  vmSwitch: VmSwitch,
  { id, mac_address }: { id: string; mac_address: string },
  names: readonly string[],
): void {
  const macs = vmSwitch.macsOf(...names);
  if (macs.includes(mac_address.toLowerCase())) return;
  const have = macs.join(' and ') || 'no MAC address';
  const message = `port ${id} has ${mac_address}, which is neither of ${names.join(' and ')} (${have})`;
  const hint =
    'name bridge and uplink of the interface that is on this port, or the vif-id of the port that they are on';
  throw new OvnDockerError('E_VIF_NOT_THIS_VM', message, { hint });
}
