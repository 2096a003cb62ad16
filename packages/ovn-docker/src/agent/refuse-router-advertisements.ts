import { Rtnetlink, refuseAdvertisements } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Engine } from '../nics/engine.ts';
import { rowKeys } from '../nics/names.ts';
import { type Claim, learnsFromRouter, type Nic } from '../nics/nic.ts';
import type { Log } from '../observe/log.ts';

/**
 * Makes the containers of the libnetwork driver ignore router advertisements, as soon as the carrier of the
 * VM's end shows that dockerd has brought the container's end up: at Join, the namespace may not exist yet.
 * Also removes the routes and addresses that the interface has learned until then.
 * @returns a function that stops watching
 */
export function refuseRouterAdvertisements(
  { nics, log }: Pick<Engine, 'nics' | 'log'>,
  vmSwitch: Pick<VmSwitch, 'onLinkUp' | 'port'>,
): () => void {
  return vmSwitch.onLinkUp((name) => {
    const nic = nics.get(vmSwitch.port(name)?.externalIds[rowKeys.nic] ?? '');
    if (nic?.claim?.sandbox !== undefined) refuseIn(nic, nic.claim, nic.claim.sandbox, log);
  });
}

/** Makes a NIC's interface ignore router advertisements, unless its network's router assigns addresses. */
export function refuseIn(nic: Nic, claim: Claim, netns: string, log: Log): void {
  claim.isRouterSettled = learnsFromRouter(nic);
  if (claim.isRouterSettled) return;
  try {
    using inside = Rtnetlink.open(netns);
    const eth = inside.links().find(({ mac }) => mac === nic.port?.mac_address);
    if (!eth) return;
    refuseAdvertisements(netns, eth.name);
    claim.isRouterSettled = true;
  } catch (error) {
    // The container has ended, or has renamed its interface.
    log.debug({ nic: nic.id, err: error }, 'could not make a container ignore router advertisements');
  }
}
