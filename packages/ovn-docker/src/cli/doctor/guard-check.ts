import { managementSocket, openFlows } from '../../clients/vm-switch/bridge-flows.ts';
import { OvnDockerError } from '../../errors.ts';
import { guardedPort } from '../../nics/guarded-port.ts';
import { compare } from '../../vm/guard/guard.ts';
import type { Check } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

/** Whether the bridge accepts OpenFlow, and whether each container's port has its guard flows. */
export const guardCheck: Check<DoctorContext> = {
  name: 'guard flows',

  async run(context) {
    const { ovs, guard: policy } = context.settings.config;
    const socket = ovs.management ?? managementSocket(ovs.remote, ovs.bridge);
    await using flows = await openFlows(socket);
    const ports = requireFinding(context, 'vmSwitch')
      .ports()
      .flatMap((port) => guardedPort(port, policy) ?? []);
    // Before its first start, the agent has installed nothing.
    if (ports.length === 0) return { facts: [`OpenFlow 1.4 on ${socket}; no ports of containers`] };
    const { missing, stale } = await compare(flows, ports);
    if (missing.length + stale.length > 0) {
      const message = `of the guard flows of ${ovs.bridge}, ${missing.length} are missing or altered, and ${stale.length} belong to no port`;
      const hint =
        'the agent restores them at once if it runs: `systemctl status ovn-docker`; another program may change them again and again: `ovs-ofctl -O OpenFlow14 monitor BRIDGE watch:` shows it';
      throw new OvnDockerError('E_GUARD', message, { hint });
    }
    return { facts: [`OpenFlow 1.4 on ${socket}; ${ports.length} ports of containers are guarded`] };
  },
};
