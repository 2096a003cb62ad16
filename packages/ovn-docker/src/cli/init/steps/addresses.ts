import type { MachineNetlink } from '../../machine/machine.ts';
import type { Names } from '../../network-managers/network-manager.ts';
import { moveNetwork, type NetworkState, networkStateOf } from '../network-state.ts';
import type { Step } from '../step.ts';

/** Moves addresses and routes to the bridge at once, so that connections of the VM go on. */
export const addresses: Step<NetworkState> = {
  name: 'addresses',
  describe: ({ names }) => [`move the addresses and routes of ${names.uplink} to ${names.bridge}`],
  isDone: async ({ netlink }, { names }) => networkStateOf(netlink, names.uplink).addresses.length === 0,
  remember: async ({ netlink }, { names }) => networkStateOf(netlink, names.uplink),
  async do({ netlink }, { names: { uplink, bridge } }) {
    const state = networkStateOf(netlink, uplink);
    moveNetwork(netlink, state, uplink, bridge);
    return [`${state.addresses.join(' ') || 'none left'}; ${state.routes.length} routes`];
  },
  async undo({ machine: { netlink, isBooting }, names }, before) {
    if (!isBooting && before.addresses.length > 0)
      moveNetwork(netlink, stateToRestore(netlink, names, before), names.bridge, names.uplink);
    return undefined;
  },
};

/** A DHCP server may have assigned another address since. */
function stateToRestore(
  netlink: MachineNetlink,
  { uplink, bridge }: Names,
  before: NetworkState,
): NetworkState {
  const now = networkStateOf(netlink, bridge);
  if (now.addresses.length === 0) return before;
  const present = [...now.addresses, ...networkStateOf(netlink, uplink).addresses];
  const isSame = before.addresses.every((cidr) => present.includes(cidr));
  return isSame ? before : now;
}
