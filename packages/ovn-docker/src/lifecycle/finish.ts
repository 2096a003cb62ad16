import { isWhole } from '../attach/make-veth.ts';
import type { Engine } from '../nics/engine.ts';
import { isPlain, type Nic } from '../nics/nic.ts';
import { isAddressed, isFitForOthers } from '../nics/plain-port.ts';
import type { NicPool } from '../nics/pool.ts';
import type { Vm } from '../vm/vm.ts';
import { release } from './release.ts';
import { renew } from './renew.ts';
import { noteClaim } from './write-claim.ts';

/**
 * Its container has no more use for a NIC: it becomes warm again when nothing special was asked of it, nobody has changed its
 * port and its pool has room, else it is taken away.
 */
export async function finish(engine: Engine, nic: Nic): Promise<void> {
  const vm = await engine.vm();
  if (nic.state !== 'claimed') return;
  const isFit = isPlain(nic) && !nic.isSpent && isAddressed(nic);
  const pool = isFit ? engine.pools.get(nic.target) : undefined;
  if (pool?.hasRoom) await recycle(engine, nic, pool, vm);
  else await release(engine, nic);
}

async function recycle(engine: Engine, nic: Nic, pool: NicPool, vm: Vm): Promise<void> {
  delete nic.claim;
  delete nic.place;
  nic.state = 'making';
  // An ordinary stop brings the interface back into the VM; Docker has done so before it gives the address back.
  const isBack = isWhole(nic, vm);
  const inVm = makeReady(engine, nic, vm, isBack);
  void pool.putWhenReturned(
    nic,
    () => canBeUsedAgain(engine, nic, inVm),
    () => release(engine, nic),
  );
  // Else the namespace took the pair with it, and nobody waits for the new one. For Neutron nobody waits in either case.
  if (isBack) await inVm.catch(() => undefined);
}

/** What there is to do in the VM. */
async function makeReady({ inTurn }: Engine, nic: Nic, vm: Vm, isBack: boolean): Promise<void> {
  if (!isBack) await inTurn.run(nic.id, () => renew(nic, vm));
  await noteClaim(nic, vm);
}

async function canBeUsedAgain(engine: Engine, nic: Nic, inVm: Promise<void>): Promise<boolean> {
  try {
    await inVm;
    // Somebody's change of its port may be seen meanwhile.
    if ((await isStillFit(engine, nic)) && !nic.isSpent) return true;
    engine.log.info({ nic: nic.id, port: nic.port?.id }, 'its port is not what it was: it is not used again');
  } catch (error) {
    engine.log.warn({ nic: nic.id, err: error }, 'a NIC cannot be used again: removing it');
  }
  return false;
}

/** When Neutron does not say, the reconciler will see. */
async function isStillFit({ returned }: Engine, { port, target }: Nic): Promise<boolean> {
  if (!port) return false;
  const now = await returned.ask(port.id);
  return now === 'unknown' || (now !== 'gone' && isFitForOthers(target, port, now));
}
