import type { VmSwitch } from '../../clients/vm-switch.ts';
import { OvnDockerError } from '../../errors.ts';
import { rowKeys } from '../../nics/names.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, openSwitch, requireFinding } from './context.ts';

/** Whether the VM's Open vSwitch has the bridge, with the uplink as a trunk port that passes every VLAN. */
export const switchCheck: Check<DoctorContext> = {
  name: 'OVS bridge and uplink',

  async run(context) {
    const { settings, findings } = context;
    const { ovs, uplink } = settings.config;
    const vmSwitch = await openSwitch(context);
    const ports = vmSwitch.ports();
    const port = ports.find(({ name }) => name === uplink);
    if (!port) {
      const message = `the uplink ${uplink} is no port of bridge ${ovs.bridge}`;
      const hint = `\`ovs-vsctl add-port ${ovs.bridge} ${uplink}\`, or set \`uplink\` in the configuration to the right interface`;
      throw new OvnDockerError('E_SWITCH', message, { hint });
    }
    if (port.vlan !== undefined) {
      const message = `the uplink ${uplink} is an access port of VLAN ${port.vlan} and passes no other VLAN`;
      throw new OvnDockerError('E_SWITCH', message, { hint: `\`ovs-vsctl clear port ${uplink} tag\`` });
    }
    requireOwnVlans(vmSwitch, uplink);
    requireMacOf(requireFinding(context, 'parent'), vmSwitch, [ovs.bridge, uplink]);
    findings.vmSwitch = vmSwitch;
    const carriers = vmSwitch.carriersOfAllVlans().filter((name) => name !== uplink && name !== ovs.bridge);
    return {
      facts: [`${ovs.bridge} on ${ovs.remote}: uplink ${uplink}, ${ports.length - 1} other ports`],
      warnings: carriers.map((name) => ({
        message: `${name} passes every VLAN: what is behind it sees all containers' frames`,
        hint: `\`ovs-vsctl set port ${name} trunks=0\` passes only frames without a VLAN`,
      })),
    };
  },
};

/** @throws OvnDockerError `E_VLAN_SHARED` if another program's port has the VLAN of a container */
function requireOwnVlans(vmSwitch: VmSwitch, uplink: string): void {
  const users = vmSwitch.vlanUsers(uplink);
  const own = vmSwitch.ports().filter(({ externalIds }) => externalIds[rowKeys.nic] !== undefined);
  const shared = own.flatMap(({ name, vlan = 0 }) => {
    const others = (users.get(vlan) ?? []).filter((other) => other !== name);
    return others.length === 0 ? [] : [`${others.join(' and ')} is in VLAN ${vlan} of ${name}`];
  });
  if (shared.length > 0) throw new OvnDockerError('E_VLAN_SHARED', shared.join('; '));
}

/** @throws OvnDockerError `E_VIF_NOT_THIS_VM` if no interface has the MAC address of the Neutron port */
function requireMacOf(
  { id, mac_address }: { id: string; mac_address: string },
  vmSwitch: VmSwitch,
  interfaces: readonly string[],
): void {
  const macs = vmSwitch.macsOf(...interfaces);
  if (macs.includes(mac_address.toLowerCase())) return;
  const actual = macs.join(' and ') || 'no MAC address';
  const message = `port ${id} has MAC address ${mac_address}, but ${interfaces.join(' and ')} have ${actual}`;
  const hint =
    'set bridge and uplink in the configuration to the interface of this port, or set vif_id to the port that they belong to';
  throw new OvnDockerError('E_VIF_NOT_THIS_VM', message, { hint });
}
