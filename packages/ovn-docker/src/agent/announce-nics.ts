import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { announceLink, Rtnetlink } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Engine } from '../nics/engine.ts';
import { rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';

/** Before each announcement, in milliseconds. The first may come before OVN has bound a new port; RFC 5227 §3 has two, 2 s apart. */
const PAUSES_MS = [0, 1000, 2000];

/** They are synchronous: whatever else waits has its turn between two of them. */
const ONE_BY_ONE = 'announcements';

/**
 * Announces a NIC's addresses when a container has come up with them for the first time. Neutron gives the addresses of deleted
 * ports again, with other MAC addresses, and OVN itself answers what a new container asks, so that nobody hears of it: whoever
 * talked to the one before would talk to nobody until its neighbor cache forgets, which takes up to a minute.
 * @returns ends it
 */
export function announceNics(
  engine: Pick<Engine, 'nics' | 'inTurn' | 'log'>,
  vmSwitch: Pick<VmSwitch, 'onLinkUp' | 'port'>,
  signal: AbortSignal,
): () => void {
  // What containers have already, the agent before has announced.
  const before = engine.nics.all().filter(({ claim }) => claim);
  const announced = new WeakMap(before.map((nic) => [nic, addressesOn(nic)]));
  return vmSwitch.onLinkUp((name) => {
    const nic = engine.nics.get(vmSwitch.port(name)?.externalIds[rowKeys.nic] ?? '');
    if (!nic || announced.get(nic) === addressesOn(nic)) return;
    announced.set(nic, addressesOn(nic));
    announce(engine, nic, signal).catch((error: unknown) => {
      // Its container has ended, or has made something else of it.
      engine.log.debug({ nic: nic.id, err: error }, 'could not announce a NIC');
      announced.delete(nic);
    });
  });
}

/** A NIC that is used again has both as they were, unless somebody asked for others. */
function addressesOn({ port }: Nic): string {
  const ips = (port?.fixed_ips ?? []).map(({ ip_address }) => ip_address);
  return [port?.mac_address, ...ips.sort()].join(' ');
}

async function announce({ inTurn }: Pick<Engine, 'inTurn'>, nic: Nic, signal: AbortSignal): Promise<void> {
  const { claim } = nic;
  for (const pause of PAUSES_MS) {
    if (pause > 0) await delay(pause, undefined, { signal });
    await inTurn.run(ONE_BY_ONE, async () => {
      await setImmediate();
      if (nic.claim === claim) announceNow(nic);
    });
  }
}

/** @throws when the NIC's container is not known yet, or has no interface with the NIC's MAC address */
function announceNow({ place, claim, port }: Nic): void {
  const netns = place?.netns ?? claim?.sandbox;
  if (netns === undefined) throw new Error('its container is not known');
  using inside = Rtnetlink.open(netns);
  const link = inside.links().find(({ mac }) => mac === port?.mac_address);
  if (link === undefined) throw new Error(`its container has no interface ${port?.mac_address}`);
  announceLink(netns, link.name);
}
