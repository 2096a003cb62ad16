import type { Machine } from '../machine/machine.ts';
import { ifupdown } from './ifupdown.ts';
import type { ManagerName, Names, NetworkManager, PersistentChange, Refusal } from './network-manager.ts';
import { networkd } from './networkd.ts';
import { networkManager } from './networkmanager.ts';

/** No program at all: the user makes the change persistent. */
const none: NetworkManager = {
  plan: () => undefined,
  isActive: () => true,
  takeOver: async () => undefined,
  release: async () => undefined,
  restored: async () => undefined,
};

/** The network managers that init knows, in the order in which it looks for them. */
export const managers: Readonly<Record<ManagerName, NetworkManager>> = {
  networkd,
  'network-manager': networkManager,
  ifupdown,
  none,
};

/** The network manager of the uplink and what it needs. */
export interface Recognised {
  readonly name: ManagerName;
  readonly plan: PersistentChange | Refusal;
}

/** Finds out which program configures the uplink at boot. */
export function recognise(machine: Machine, names: Names): Recognised {
  for (const [name, manager] of Object.entries(managers) as [ManagerName, NetworkManager][]) {
    const plan = manager.plan(machine, names);
    if (plan !== undefined) return { name, plan };
  }
  const { uplink, bridge } = names;
  const plan: Refusal = {
    found: 'no network manager that ovn-docker knows',
    reason: `neither systemd-networkd, NetworkManager nor ifupdown manages ${uplink}, so another program gave it its addresses`,
    byHand: [
      `# have that program give ${bridge} the addresses at boot, and ${uplink} none; then:`,
      'ovn-docker init --by-hand',
    ],
  };
  return { name: 'none', plan };
}

export function isRefusal(plan: PersistentChange | Refusal): plan is Refusal {
  return 'reason' in plan;
}
