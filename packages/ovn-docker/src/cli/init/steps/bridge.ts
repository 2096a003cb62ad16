import type { BridgeState } from '../../../clients/vm-switch/bridge-setup.ts';
import type { Plan, Step } from '../step.ts';

/** Makes the bridge in one transaction: the uplink's MAC address and MTU, and the uplink as its port. */
export const bridge: Step<BridgeState | null> = {
  name: 'bridge',
  describe: ({ names, mac, mtu }) => [
    `make bridge ${names.bridge} in Open vSwitch, with MAC address ${mac} and MTU ${mtu}, and ${names.uplink} as its port`,
  ],
  isDone: (machine, plan) =>
    machine.withBridges(plan.remote, async (bridges) => isAsPlanned(bridges.find(plan.names.bridge), plan)),
  remember: (machine, { remote, names }) =>
    machine.withBridges(remote, async (bridges) => bridges.find(names.bridge) ?? null),
  async do(machine, { remote, names, mac, mtu, datapathType }) {
    await machine.withBridges(remote, (bridges) =>
      bridges.ensure({ name: names.bridge, uplink: names.uplink, mac, mtu, datapathType }),
    );
    return [`${names.bridge} with ${names.uplink}, MAC address ${mac}, MTU ${mtu}`];
  },
  async undo({ machine, remote, names }, before) {
    await machine.withBridges(remote, (bridges) =>
      bridges.restore(names.bridge, before ?? undefined, names.uplink, !machine.isBooting),
    );
    return undefined;
  },
};

function isAsPlanned(found: BridgeState | undefined, { names, mac, mtu }: Plan): boolean {
  return found?.mac === mac && found.mtu === mtu && found.ports.includes(names.uplink);
}
