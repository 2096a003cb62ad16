import type { Check, CheckResult } from '../checklist/check.ts';
import { leftToWrite } from '../init/steps/write-files.ts';
import type { Machine } from '../machine/machine.ts';
import { thisMachine } from '../machine/this-machine.ts';
import { isRefusal, recognise } from '../network-managers/managers.ts';
import type { Names } from '../network-managers/network-manager.ts';
import type { DoctorContext } from './context.ts';

/** Whether the bridge has the VM's addresses after a reboot, too. */
export const networkFilesCheck: Check<DoctorContext> = {
  name: 'network files',

  async run({ settings: { config } }) {
    using machine = thisMachine();
    return checkNetworkFiles(machine, { uplink: config.uplink, bridge: config.ovs.bridge });
  },
};

/** The check for any machine. */
export function checkNetworkFiles(machine: Machine, names: Names): CheckResult {
  const { uplink, bridge } = names;
  const { name, plan } = recognise(machine, names);
  const { found } = plan;
  if (name === 'none') return { facts: [`${found} configures ${uplink}, so there are no files to check`] };
  if (isRefusal(plan)) {
    const hint = 'run `ovn-docker init`: it prints what to do by hand (docs/init.md)';
    return {
      facts: [found],
      warnings: [{ message: `after a reboot, ${uplink} may have the addresses: ${plan.reason}`, hint }],
    };
  }
  const left = leftToWrite(machine, plan.files);
  if (left.length === 0) return { facts: [`${found}: ${bridge} has the addresses after a reboot, too`] };
  const isNew = left.length === plan.files.length && left.every(({ before }) => before === undefined);
  const message =
    isNew || name === 'ifupdown'
      ? `after a reboot, ${found} gives the addresses to ${uplink} instead of ${bridge}, and the VM is unreachable`
      : `after a reboot, ${bridge} has a former configuration: that of ${uplink} has changed since \`ovn-docker init\``;
  return { facts: [found], warnings: [{ message, hint: 'run `ovn-docker init`' }] };
}
