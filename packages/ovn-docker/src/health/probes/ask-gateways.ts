import { setTimeout as delay } from 'node:timers/promises';
import { NeighborQuery, Rtnetlink } from '@ovn-docker/netlink';
import type { Nic } from '../../nics/nic.ts';
import { gatewaysOf, netnsOf } from '../gateway-answers.ts';

/** Pauses before each question, in milliseconds: the first frame of a new path may be lost. */
const ASKS_MS = [0, 300, 400];

/** The pauses between two looks for an answer, in milliseconds; the last one repeats. */
const LOOKS_MS = [2, 5, 10, 25, 50];

/** How long a gateway may take to answer, in milliseconds. */
const PATIENCE_MS = 1200;

/**
 * Asks the gateways of the NIC's subnets for their MAC addresses, by ARP and ND, from the container's own
 * interface: through the veth pair, the VM's switch with its VLAN, the hypervisor, and OVN's port security.
 * @throws Error that says which gateway did not answer, or why it cannot be asked
 */
export async function askGateways(nic: Nic): Promise<void> {
  const gateways = gatewaysOf(nic);
  if (gateways.length === 0) throw new Error('no subnet of its network has a gateway');
  const link = linkOf(nic);
  for (const gateway of gateways) await ask(link, gateway);
}

/** The container's interface. */
function linkOf(nic: Nic): { netns: string; name: string } {
  const netns = netnsOf(nic);
  if (netns === undefined) throw new Error('the agent does not know the namespace of the container');
  using inside = Rtnetlink.open(netns);
  const link = inside.links().find(({ mac }) => mac === nic.port?.mac_address);
  if (link === undefined) throw new Error(`the container has no interface ${nic.port?.mac_address}`);
  return { netns, name: link.name };
}

async function ask({ netns, name }: { netns: string; name: string }, gateway: string): Promise<void> {
  using query = NeighborQuery.open(netns, name, gateway);
  const start = performance.now();
  let asked = 0;
  let next = start;
  for (let look = 0; performance.now() - start < PATIENCE_MS; look++) {
    if (asked < ASKS_MS.length && performance.now() >= next) {
      query.ask();
      next = performance.now() + (ASKS_MS[++asked] ?? 0);
    }
    await delay(LOOKS_MS[Math.min(look, LOOKS_MS.length - 1)]);
    if (query.answer() !== undefined) return;
  }
  throw new Error(`the gateway ${gateway} does not answer`);
}
