import { setTimeout as delay } from 'node:timers/promises';
import { announceLink, Rtnetlink } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { AgentState } from '../nics/agent-state.ts';
import { rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';

/** Before each announcement, in milliseconds. The first may come before OVN has bound a new port; RFC 5227 §3 has two, 2 s apart. */
const PAUSES_MS = [0, 1000, 2000];

/**
 * Announces a NIC's addresses when a container has come up with it for the first time. Neutron gives the addresses of deleted ports
 * again, with other MAC addresses, and OVN itself answers what a new container asks, so that nobody hears of it: whoever talked
 * to the one before would talk to nobody until its neighbor cache forgets, which takes up to a minute. A NIC that is used
 * again has the addresses that it had.
 * @returns ends it
 */
export function announceNics(
  { nics, log }: Pick<AgentState, 'nics' | 'log'>,
  vmSwitch: Pick<VmSwitch, 'onLinkUp' | 'port'>,
  signal: AbortSignal,
): () => void {
  const announced = new WeakSet<Nic>();
  const tell = async (nic: Nic) => {
    try {
      if (await announce(nic, signal)) announced.add(nic);
    } catch (error) {
      // Its container has ended, or forbids it.
      log.debug({ nic: nic.id, err: error }, 'could not announce a NIC');
    }
  };
  return vmSwitch.onLinkUp((name) => {
    const nic = nics.get(vmSwitch.port(name)?.externalIds[rowKeys.nic] ?? '');
    if (nic && !announced.has(nic)) void tell(nic);
  });
}

/** @returns whether it could be announced as often as is needed */
async function announce(nic: Nic, signal: AbortSignal): Promise<boolean> {
  const { claim } = nic;
  for (const pause of PAUSES_MS) {
    if (pause > 0) await delay(pause, undefined, { signal });
    const netns = nic.place?.netns ?? claim?.sandbox;
    if (nic.claim !== claim || netns === undefined || !announceOnce(nic, netns)) return false;
  }
  return true;
}

function announceOnce({ port }: Nic, netns: string): boolean {
  using inside = Rtnetlink.open(netns);
  const link = inside.links().find(({ mac }) => mac === port?.mac_address);
  if (link) announceLink(netns, link.name);
  return link !== undefined;
}
