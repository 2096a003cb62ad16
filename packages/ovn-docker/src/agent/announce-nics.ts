import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { announceLink, Rtnetlink } from '@ovn-docker/netlink';
import type { VmSwitch } from '../clients/vm-switch.ts';
import type { Engine } from '../nics/engine.ts';
import { rowKeys } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';

/**
 * Pause before each announcement, in milliseconds. RFC 5227 §3 sends two, 2 s apart; the first one can come
 * before OVN has bound a new port, so there are three.
 */
const PAUSES_MS = [0, 1000, 2000];

/** Announcements share one queue: each blocks the event loop, and other work runs between two of them. */
const QUEUE = 'announcements';

/**
 * Announces a NIC's addresses when a container comes up with them for the first time. Neutron assigns the
 * addresses of deleted ports again, with other MAC addresses, and OVN itself answers a new container's ARP
 * requests, so the neighbours do not notice: until their neighbor caches expire, up to a minute, they would
 * send to the former port.
 * @returns a function that stops announcing
 */
export function announceNics(
  engine: Pick<Engine, 'nics' | 'inTurn' | 'log'>,
  vmSwitch: Pick<VmSwitch, 'onLinkUp' | 'port'>,
  signal: AbortSignal,
): () => void {
  // An earlier agent has announced what containers have already.
  const claimed = engine.nics.all().filter(({ claim }) => claim);
  const announced = new WeakMap(claimed.map((nic) => [nic, addressesOn(nic)]));
  return vmSwitch.onLinkUp((name) => {
    const nic = engine.nics.get(vmSwitch.port(name)?.externalIds[rowKeys.nic] ?? '');
    if (!nic || announced.get(nic) === addressesOn(nic)) return;
    announced.set(nic, addressesOn(nic));
    announce(engine, nic, signal).catch((error: unknown) => {
      // The container has ended, or has renamed or reconfigured its interface.
      engine.log.debug({ nic: nic.id, err: error }, 'could not announce a NIC');
      announced.delete(nic);
    });
  });
}

/** MAC and IP addresses; a reused NIC keeps them unless a container asked for others. */
function addressesOn({ port }: Nic): string {
  const ips = (port?.fixed_ips ?? []).map(({ ip_address }) => ip_address);
  return [port?.mac_address, ...ips.sort()].join(' ');
}

async function announce({ inTurn }: Pick<Engine, 'inTurn'>, nic: Nic, signal: AbortSignal): Promise<void> {
  const { claim } = nic;
  for (const pause of PAUSES_MS) {
    if (pause > 0) await delay(pause, undefined, { signal });
    await inTurn.run(QUEUE, async () => {
      await setImmediate();
      if (nic.claim === claim) announceNow(nic);
    });
  }
}

/** @throws Error when the NIC's container is unknown, or has no interface with the NIC's MAC address */
function announceNow({ place, claim, port }: Nic): void {
  const netns = place?.netns ?? claim?.sandbox;
  if (netns === undefined) throw new Error('its container is unknown');
  using inside = Rtnetlink.open(netns);
  const eth = inside.links().find(({ mac }) => mac === port?.mac_address);
  if (eth === undefined) throw new Error(`its container has no interface ${port?.mac_address}`);
  announceLink(netns, eth.name);
}
