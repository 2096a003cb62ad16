import { Rtnetlink, refuseAdvertisements } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Engine } from '../nics/engine.ts';
import { rowKeys } from '../nics/names.ts';
import { learnsFromRouter, type Nic } from '../nics/nic.ts';

/**
 * Makes the containers of the libnetwork driver ignore router advertisements: dockerd moves their interfaces
 * and brings them up, in a namespace that does not exist yet when it calls Join. The carrier of the VM's end
 * shows when that is done. What an interface has learned until then is removed.
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
