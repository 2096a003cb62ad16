import { runDirectory } from '../../clients/vm-switch/run-directory.ts';
import { findSwitchControl, type SwitchControl } from '../../clients/vm-switch/switch-control.ts';
import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import type { DoctorContext } from './context.ts';

/**
 * Whether ovs-vswitchd has handler threads, which decide about packets for which the kernel datapath has no
 * flow. Without them the bridge forwards nothing, and the VM reaches no API through it: so this is the first
 * check.
 */
export const handlersCheck: Check<DoctorContext> = {
  name: 'switch threads',

  async run({ settings: { config } }) {
    const directory = runDirectory(config.ovs.remote);
    const control = await findSwitchControl(directory);
    if (control === undefined) {
      return { facts: [`no ovs-vswitchd has its control socket in ${directory}`], isSkipped: true };
    }
    // One datapath a line, such as `system@ovs-system` or `netdev@ovs-netdev` (ovs-dpctl(8)).
    const datapaths = (await control('dpctl/dump-dps')).split('\n').filter(Boolean);
    if (!datapaths.some((name) => name.startsWith('system@'))) {
      return {
        facts: [`no datapath in the kernel, which alone needs handlers: ${datapaths.join(' ') || 'none'}`],
      };
    }
    const handlers = await countHandlers(control);
    if (handlers > 0) return { facts: [`${handlers} handlers for packets without a flow in the kernel`] };
    const message =
      'ovs-vswitchd has no handler thread: the kernel drops every packet that is the first of its kind, so the bridge forwards nothing';
    const hint =
      '`systemctl restart openvswitch-switch`; Open vSwitch 3.1.0 counts no processor if it starts in the first 10 s after the boot of the VM';
    throw new OvnDockerError('E_SWITCH', message, { hint });
  },
};

/**
 * `memory/show` has the number of all handlers among its `NAME:NUMBER`, and leaves out zeros
 * (ovs-vswitchd(8)).
 */
async function countHandlers(control: SwitchControl): Promise<number> {
  return Number(/(?:^|\s)handlers:(\d+)/.exec(await control('memory/show'))?.[1] ?? 0);
}
