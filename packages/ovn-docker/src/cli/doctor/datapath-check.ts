import { OvnDockerError } from '../../errors.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Much longer than an idle switch needs, and short enough for a user who waits. */
const PATIENCE_MS = 10_000;

/** Whether ovs-vswitchd applies changes of the database, and which datapath it uses. */
export const datapathCheck: Check<DoctorContext> = {
  name: 'datapath',

  async run(context) {
    const vmSwitch = requireFinding(context, 'vmSwitch');
    const { bridge } = vmSwitch;
    const { uplink } = context.settings.config;
    const started = performance.now();
    await vmSwitch.untilApplied(PATIENCE_MS).catch((error: unknown) => {
      const hint =
        'check whether ovs-vswitchd runs (`systemctl status openvswitch-switch`), and read its log';
      const message = `ovs-vswitchd did not apply a change within ${PATIENCE_MS / 1000} s`;
      throw new OvnDockerError('E_SWITCH', message, { hint, cause: error });
    });
    const ms = Math.round(performance.now() - started);
    for (const name of [bridge, uplink]) {
      const problem = vmSwitch.problemOf(name);
      if (problem !== undefined)
        throw new OvnDockerError('E_SWITCH', `ovs-vswitchd cannot use ${name}: ${problem}`);
    }
    const kind = vmSwitch.isUserspace
      ? 'user space (netdev): containers fill in checksums before packets reach the switch'
      : 'kernel';
    return { facts: [`${kind}; ovs-vswitchd answers in ${ms} ms`] };
  },
};
