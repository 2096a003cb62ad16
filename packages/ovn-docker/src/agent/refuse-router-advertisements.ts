import { Rtnetlink, refuseAdvertisements } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Engine } from '../nics/engine.ts';
import { rowKeys } from '../nics/names.ts';
import { learnsFromRouter, type Nic } from '../nics/nic.ts';

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
    if (!nic?.claim?.sandbox || learnsFromRouter(nic)) return;
    try {
      refuse(nic, nic.claim.sandbox);
    } catch (error) {
      // The container has ended, or has renamed its interface.
      log.debug({ nic: nic.id, err: error }, 'could not make a container ignore router advertisements');
    }
  });
}

function refuse({ port }: Nic, netns: string): void {
  using inside = Rtnetlink.open(netns);
  const eth = inside.links().find(({ mac }) => mac === port?.mac_address);
  if (eth) refuseAdvertisements(netns, eth.name);
}
