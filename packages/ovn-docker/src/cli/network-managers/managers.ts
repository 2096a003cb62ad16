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
  const found = firstPlan((manager) => manager.plan(machine, names));
  if (found) return found;
  const isUsed = [names.uplink, names.bridge].some((name) => hasAddress(machine, name));
  if (isUsed) return { name: 'none', plan: unknown(names) };
  return (
    firstPlan((manager) => manager.planUnused?.(machine, names)) ?? { name: 'none', plan: unused(names) }
  );
}

function firstPlan(
  planOf: (manager: NetworkManager) => PersistentChange | Refusal | undefined,
): Recognised | undefined {
  for (const [name, manager] of Object.entries(managers) as [ManagerName, NetworkManager][]) {
    const plan = planOf(manager);
    if (plan !== undefined) return { name, plan };
  }
  return undefined;
}

function hasAddress({ netlink }: Machine, name: string): boolean {
  return netlink.link(name) !== undefined && netlink.addresses(name).some(({ scope }) => scope === 'global');
}

const UNKNOWN = 'no network manager that ovn-docker knows';

function unknown({ uplink, bridge }: Names): Refusal {
  return {
    found: UNKNOWN,
    reason: `neither systemd-networkd, NetworkManager nor ifupdown manages ${uplink}, so another program gave it its addresses`,
    byHand: [
      `# have that program give ${bridge} the addresses at boot, and ${uplink} none; then:`,
      'ovn-docker init --by-hand',
    ],
  };
}

function unused({ uplink }: Names): Refusal {
  return {
    found: UNKNOWN,
    reason: `${uplink} has no addresses, and init does not know which program could bring it up at boot`,
    byHand: [
      `# at each boot:`,
      `ip link set ${uplink} up`,
      '# then:',
      `ovn-docker init --by-hand --uplink ${uplink}`,
    ],
  };
}

export function isRefusal(plan: PersistentChange | Refusal): plan is Refusal {
  return 'reason' in plan;
}
