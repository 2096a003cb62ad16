import { explainFlows, managementSocket, openFlows } from '../../clients/vm-switch/bridge-flows.ts';
import { OvnDockerError } from '../../errors.ts';
import { guardedPort } from '../../nics/guarded-port.ts';
import { compare, watchFlows } from '../../vm/guard/guard.ts';
import { isOverridden } from '../../vm/guard/guard-flows.ts';
import type { Check, Warning } from '../checklist/check.ts';
import { type DoctorContext, requireFinding } from './context.ts';

const BLIND: Warning = {
  message:
    'this Open vSwitch reports no changes of flows: guard flows that another program deletes return only with the agent’s next pass',
  hint: 'install Open vSwitch 2.16 or newer',
};

const overridden = (count: number, bridge: string): Warning => ({
  message: `${count} flows of other programs in table 0 of ${bridge} do not apply to frames of containers: guard flows decide before them`,
  hint: 'use security groups of Neutron instead (docs/security.md)',
});

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
    const { missing, stale } = await compare(flows, ports);
    // Before its first start, the agent has installed nothing.
    if (ports.length > 0 && missing.length + stale.length > 0) {
      const message = `of the guard flows of ${ovs.bridge}, ${missing.length} are missing or altered, and ${stale.length} belong to no port`;
      const hint =
        'the agent restores them at once if it runs: `systemctl status ovn-docker`; another program may change them again and again: `ovs-ofctl -O OpenFlow14 monitor BRIDGE watch:` shows it';
      throw new OvnDockerError('E_GUARD', message, { hint });
    }
    const isWatchable = await watchFlows(flows, () => undefined);
    const foreign = (await explainFlows(() => flows.flows({ table: 0 }))).filter((flow) =>
      isOverridden(flow, ports),
    );
    return {
      facts: [`OpenFlow 1.4 on ${socket}; ${ports.length} ports of containers are guarded`],
      warnings: [
        ...(isWatchable ? [] : [BLIND]),
        ...(foreign.length === 0 ? [] : [overridden(foreign.length, ovs.bridge)]),
      ],
    };
  },
};
