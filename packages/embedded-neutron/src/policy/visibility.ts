import type { Network } from '../northbound/networks.ts';
import { type Caller, owns } from './caller.ts';

/** Networks of others are visible when they are shared or lead outside. */
export const seesNetwork = (caller: Caller, network: Network): boolean =>
  owns(caller, network) || network.shared || network['router:external'];

/** Ports can be made on one's own and on shared networks. */
export const mayPlugInto = (caller: Caller, network: Network): boolean =>
  owns(caller, network) || network.shared;

/** A port or subnet is visible to its owner and to the owner of its network. */
export const seesInside = (
  caller: Caller,
  item: { readonly project_id: string },
  network: Network | undefined,
): boolean => owns(caller, item) || (network !== undefined && owns(caller, network));
