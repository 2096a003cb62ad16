import { OvnDockerError } from '../../errors.ts';
import { type Link, need } from '../checklist/check.ts';

/** Long for an idle switch, short for somebody who waits. */
const PATIENCE_MS = 10_000;

/** Whether ovs-vswitchd carries out what is asked of it, and in which datapath. */
export const askDatapath: Link = {
  name: 'datapath',

  async look(patient) {
    const vmSwitch = need(patient, 'vmSwitch');
    const { bridge } = vmSwitch;
    const { uplink } = patient.settings.config;
    const started = performance.now();
    await vmSwitch.settle(PATIENCE_MS).catch((error: unknown) => {
      const hint = 'see whether ovs-vswitchd runs: `systemctl status openvswitch-switch`, and its log';
      const message = `ovs-vswitchd does not carry out changes: waited ${PATIENCE_MS / 1000} s`;
      throw new OvnDockerError('E_SWITCH', message, { hint, cause: error });
    });
    const ms = Math.round(performance.now() - started);
    for (const name of [bridge, uplink]) {
      const problem = vmSwitch.problemOf(name);
      if (problem !== undefined)
        throw new OvnDockerError('E_SWITCH', `ovs-vswitchd cannot use ${name}: ${problem}`);
    }
    const kind = vmSwitch.isUserspace
      ? 'user space (netdev): checksums of containers are filled in before the switch'
      : 'kernel';
    return { facts: [`${kind}; ovs-vswitchd answers in ${ms} ms`] };
  },
};
