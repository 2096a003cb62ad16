import type { Check, Warning } from '../checklist/check.ts';
import { type DoctorContext, openSwitch } from './context.ts';

/**
 * Whether the bridge, through which the VM's own traffic flows, has the uplink's MTU and keeps it. The
 * requests of the next checks flow through it, too.
 */
export const bridgeMtuCheck: Check<DoctorContext> = {
  name: 'bridge MTU',

  async run(context) {
    const { netlink } = context;
    const { ovs, uplink } = context.settings.config;
    const [own, upper] = [netlink.link(ovs.bridge)?.mtu, netlink.link(uplink)?.mtu];
    if (own === undefined || upper === undefined) {
      const missing = own === undefined ? ovs.bridge : uplink;
      return { facts: [`the VM's kernel has no interface ${missing}`], isSkipped: true };
    }
    const isUsed = netlink.addresses(ovs.bridge).some(({ scope }) => scope !== 'link');
    if (!isUsed) return { facts: [`${ovs.bridge} has no address: the VM itself does not use it`] };
    // The check of the bridge reports a database that does not answer.
    const vmSwitch = await openSwitch(context).catch(() => undefined);
    if (vmSwitch === undefined) {
      return { facts: [`no answer on ${ovs.remote}`], isSkipped: true };
    }
    const requested = vmSwitch.port(ovs.bridge)?.iface?.mtuRequest;
    const warning = warningOf({ bridge: ovs.bridge, own, uplink, upper, requested });
    return {
      facts: [`${ovs.bridge} ${own} (mtu_request ${requested ?? 'not set'}), uplink ${uplink} ${upper}`],
      warnings: warning === undefined ? [] : [warning],
    };
  },
};

interface Mtus {
  readonly bridge: string;
  readonly own: number;
  readonly uplink: string;
  readonly upper: number;
  /** `mtu_request` of the bridge's interface (ovs-vswitchd.conf.db(5)). */
  readonly requested: number | undefined;
}

function warningOf({ bridge, own, uplink, upper, requested }: Mtus): Warning | undefined {
  const hint = `\`ovs-vsctl set interface ${bridge} mtu_request=${upper}\``;
  const cause = `Open vSwitch lowers ${bridge} to the smallest MTU of its ports, those of containers included, unless mtu_request is set`;
  if (own > upper)
    return {
      message: `packets of the VM larger than ${upper} bytes are lost at ${uplink}: ${bridge} allows ${own}`,
      hint,
    };
  if (own < upper)
    return {
      message: `larger packets to the VM are lost, and its connections stall: ${requested === undefined ? cause : `${bridge} requests an MTU of ${requested}`}`,
      hint,
    };
  if (requested === undefined)
    return { message: `the first container can stall connections of the VM itself: ${cause}`, hint };
  return undefined;
}
