import type { Engine } from '../nics/engine.ts';
import { isPlain, type Nic } from '../nics/nic.ts';
import { isAddressed, isFitForOthers } from '../nics/plain-port.ts';
import type { NicPool } from '../nics/pool.ts';
import { isBack } from '../nics/veth-pair.ts';
import type { Vm } from '../vm/vm.ts';
import { heal } from './heal.ts';
import { release } from './release.ts';
import { renew } from './renew.ts';
import { writeClaim } from './write-claim.ts';

/**
 * Ends a container's use of a NIC. The NIC returns to its pool if the container asked for nothing special,
 * its port is unchanged and the pool has room; otherwise it is deleted. Before Neutron has confirmed the
 * NICs, none is deleted.
 */
export async function finish(engine: Engine, nic: Nic): Promise<void> {
  const vm = await engine.vm();
  if (nic.state !== 'claimed') return;
  const isReusable = isPlain(nic) && !nic.isSpent && isAddressed(nic);
  const pool = isReusable ? engine.pools.get(nic.target) : undefined;
  const isKept = engine.unconfirmed !== undefined;
  if (pool && (pool.hasRoom || isKept)) await recycle(engine, nic, pool, vm);
  else if (isKept) keep(engine, nic, vm);
  else await release(engine, nic);
}

/**
 * Keeps a NIC with chosen addresses unclaimed: while Neutron is away, no other can be made for the container
 * that asks for these addresses again, as at the boot. Once Neutron has answered, the reconciler deletes it.
 */
function keep(engine: Engine, nic: Nic, vm: Vm): void {
  delete nic.claim;
  delete nic.place;
  nic.state = 'found';
  void engine.inTurn
    .run(nic.id, async () => {
      if (!isBack(nic, vm)) await renew(nic, vm);
      await writeClaim(nic, vm);
    })
    .catch((error: unknown) => engine.log.warn({ nic: nic.id, err: error }, 'could not keep a NIC ready'));
}

async function recycle(engine: Engine, nic: Nic, pool: NicPool, vm: Vm): Promise<void> {
  delete nic.claim;
  delete nic.place;
  nic.state = 'making';
  // After an ordinary stop, dockerd has moved the interface back into the VM before it releases the address.
  const isPairBack = isBack(nic, vm);
  const preparing = prepareInVm(engine, nic, vm, isPairBack);
  void pool.putWhenReturned(
    nic,
    () => isReusableNow(engine, nic, preparing),
    () => release(engine, nic),
  );
  // The caller waits for the VM's switch, but neither for a new veth pair nor for Neutron's answer.
  if (isPairBack) await preparing.catch(() => undefined);
}

async function prepareInVm({ inTurn }: Engine, nic: Nic, vm: Vm, isPairBack: boolean): Promise<void> {
  if (!isPairBack) await inTurn.run(nic.id, () => renew(nic, vm));
  await writeClaim(nic, vm);
  await heal([nic], vm);
}

async function isReusableNow(engine: Engine, nic: Nic, preparing: Promise<void>): Promise<boolean> {
  try {
    await preparing;
    // `isSpent` can be set while Neutron is being asked.
    if ((await isPortUnchanged(engine, nic)) && !nic.isSpent) return true;
    engine.log.info({ nic: nic.id, port: nic.port?.id }, 'its port was changed: the NIC is not reused');
  } catch (error) {
    engine.log.warn({ nic: nic.id, err: error }, 'the NIC cannot be reused: deleting it');
  }
  return false;
}

/** When Neutron does not answer, the port counts as unchanged: the reconciler checks it in its next pass. */
async function isPortUnchanged(engine: Engine, { port, target }: Nic): Promise<boolean> {
  if (!port) return false;
  const { returned, unconfirmed } = engine;
  if (unconfirmed !== undefined) return true;
  const now = await returned.ask(port.id);
  return now === 'unknown' || (now !== 'gone' && isFitForOthers(target, port, now));
}
