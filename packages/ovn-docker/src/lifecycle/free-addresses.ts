import type { Engine } from '../nics/engine.ts';
import { interfaceNames } from '../nics/names.ts';
import { isPlugged, type Nic } from '../nics/nic.ts';
import { hasPair, isElsewhere } from '../nics/veth-pair.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import type { Vm } from '../vm/vm.ts';
import { completeRelease, release } from './release.ts';

/** The addresses that a container must have on a network. */
export interface Wanted {
  readonly networkId: string;
  readonly addresses?: readonly string[];
  readonly mac?: string | undefined;
}

/**
 * How long dockerd may need from the claim of a NIC until its interface is in the container, in milliseconds:
 * it repeats a call to a driver that does not answer for 15 s (moby, pkg/plugins).
 */
const START_MS = 20_000;

/**
 * Deletes the leftovers that hold a wanted address, so that Neutron can assign the address again at once:
 * NICs that are being deleted, NICs of an earlier agent that no container uses, and NICs whose containers
 * ended while the agent was away. A NIC that a container has stays.
 */
export async function freeLeftovers(engine: Engine, wanted: Wanted): Promise<void> {
  const vm = await engine.vm();
  for (const nic of engine.draining) if (holds(nic, wanted)) await completeRelease(engine, nic);
  const isLeftover = (nic: Nic) => engine.nics.get(nic.id) === nic && isUnused(nic, vm);
  for (const nic of engine.nics.all().filter((held) => holds(held, wanted) && isLeftover(held))) {
    await engine.inTurn.run(nic.id, async () => {
      if (!isLeftover(nic)) return;
      engine.log.info(
        { nic: nic.id, port: nic.port?.id },
        'a container asks for the address of a leftover NIC',
      );
      await release(engine, nic);
    });
  }
}

/**
 * Deletes the warm NICs that hold a wanted address. First waits for a NIC that is being made or returning to
 * its pool, and has an outpost of the probes return to it.
 */
export async function freeWarm(engine: Engine, wanted: Wanted): Promise<void> {
  for (const nic of engine.nics.all()) {
    if (!holds(nic, wanted)) continue;
    await nic.claim?.leave?.();
    if (nic.claim) continue;
    const pool = engine.pools.get(nic.target);
    if (nic.state === 'making') await (pool?.returned(nic) ?? pool?.whenMade());
    if (nic.state === 'warm' && pool?.drop(nic)) await release(engine, nic);
  }
}

/** Whether a NIC's port has one of the addresses on the network. */
export function holds({ port }: Nic, { networkId, addresses = [], mac }: Wanted): boolean {
  if (port?.network_id !== networkId) return false;
  return port.mac_address === mac || port.fixed_ips.some(({ ip_address: ip }) => addresses.includes(ip));
}

/** Whether no container uses the NIC: an earlier agent left it, or its container ended unnoticed. */
export function isUnused(nic: Nic, vm: Vm): boolean {
  // The kernel's word comes first: a container has the interface.
  if (isElsewhere(nic, vm)) return false;
  if (nic.state === 'claimed') return isForgotten(nic, vm);
  // Without a row, Docker must say whether a stopped container has the NIC; the next pass asks it.
  return (
    nic.state === 'found' &&
    (!isPlugged(nic) || vm.vmSwitch.port(interfaceNames(nic.vlan).vmEnd) !== undefined)
  );
}

/** Whether the container of a claim has ended and the agent did not notice. */
function isForgotten(nic: Nic, vm: Vm): boolean {
  const { claim } = nic;
  if (!claim || claim.leave || claim.isInDocker) return false;
  // A stopped `--net=none` container keeps its NIC, so Docker must deny that the container exists.
  if (claim.label !== undefined) return claim.isInDocker === false;
  // A NIC that Docker is about to move into its container has a pair.
  if (!hasPair(nic, vm)) return true;
  return claim.isInDocker === false && steadyNow() - claim.since >= START_MS;
}
