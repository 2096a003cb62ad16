import type { Network } from '../northbound/networks.ts';
import { type Caller, owns } from './caller.ts';

interface Owned {
  readonly project_id: string;
}

/** Whether the caller sees a network: its owner does and, if it is shared or external, every tenant. */
export const seesNetwork = (caller: Caller, network: Network): boolean =>
  owns(caller, network) || network.shared || network['router:external'];

/** Whether the caller may create ports on a network: its owner may and, if it is shared, every tenant. */
export const mayPlugInto = (caller: Caller, network: Network): boolean =>
  owns(caller, network) || network.shared;

/** Whether the caller sees a port or subnet: its owner and the owner of its network do. */
export const seesInside = (caller: Caller, item: Owned, network: Network | undefined): boolean =>
  owns(caller, item) || (network !== undefined && owns(caller, network));

/** Whether the caller sees a subnet: as with a port and, if the network is shared, every tenant does. */
export const seesSubnet = (caller: Caller, subnet: Owned, network: Network | undefined): boolean =>
  network?.shared === true || seesInside(caller, subnet, network);
