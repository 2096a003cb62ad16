import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { findNetwork, type Network } from '../northbound/networks.ts';
import { type Caller, isAdmin, owns } from './caller.ts';

interface Owned {
  readonly project_id: string;
}

/** Whether the caller sees a network: its owner does; every tenant sees a shared or external network. */
export const seesNetwork = (caller: Caller, network: Network): boolean =>
  owns(caller, network) || network.shared || network['router:external'];

/** Whether the caller may create ports on a network: its owner may; on a shared network, every tenant. */
export const mayPlugInto = (caller: Caller, network: Network): boolean =>
  owns(caller, network) || network.shared;

/** Whether the caller sees a port: its owner and the owner of its network do. */
export const seesInside = (caller: Caller, item: Owned, network: Network | undefined): boolean =>
  owns(caller, item) || (network !== undefined && owns(caller, network));

/** Whether the caller sees a subnet: its owner and the network's do; on a shared network, every tenant. */
export const seesSubnet = (caller: Caller, subnet: Owned, network: Network | undefined): boolean =>
  network?.shared === true || seesInside(caller, subnet, network);

/** Refuses a member's item of a network that the member does not see. @throws NeutronError NetworkNotFound */
export function requireNetwork(
  { nb }: Backend,
  caller: Caller,
  { network_id: id }: { readonly network_id: string },
): void {
  if (isAdmin(caller)) return;
  const network = findNetwork(nb, id);
  if (network === undefined || !seesNetwork(caller, network)) throw neutronError('NetworkNotFound', id);
}
