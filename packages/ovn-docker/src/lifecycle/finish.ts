import { isWhole } from '../attach/make-veth.ts';
import type { AgentState } from '../nics/engine.ts';
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
export async function finish(nic: Nic, state: AgentState): Promise<void> {
  const vm = await state.vm();
  if (nic.state !== 'claimed') return;
  const isFit = isPlain(nic) && !nic.isSpent && isAddressed(nic);
  const pool = isFit ? state.pools.get(nic.target) : undefined;
  if (pool?.hasRoom) await recycle(nic, pool, vm, state);
  else await release(nic, state);
}

async function recycle(nic: Nic, pool: NicPool, vm: Vm, state: AgentState): Promise<void> {
  delete nic.claim;
  delete nic.place;
  nic.state = 'making';
  // An ordinary stop brings the interface back into the VM; Docker has done so before it gives the address back.
  const isBack = isWhole(nic, vm);
  const inVm = makeReady(nic, vm, state, isBack);
  void pool.putWhenReturned(
    nic,
    () => canBeUsedAgain(nic, state, inVm),
    () => release(nic, state),
  );
  // Else the namespace took the pair with it, and nobody waits for the new one. For Neutron nobody waits in either case.
  if (isBack) await inVm.catch(() => undefined);
}

/** What there is to do in the VM. */
async function makeReady(nic: Nic, vm: Vm, { perNic }: AgentState, isBack: boolean): Promise<void> {
  if (!isBack) await perNic.run(nic.id, () => renew(nic, vm));
  await noteClaim(nic, vm);
}

async function canBeUsedAgain(nic: Nic, state: AgentState, inVm: Promise<void>): Promise<boolean> {
  try {
    await inVm;
    // Somebody's change of its port may be seen meanwhile.
    if ((await isStillFit(nic, state)) && !nic.isSpent) return true;
    state.log.info({ nic: nic.id, port: nic.port?.id }, 'its port is not what it was: it is not used again');
  } catch (error) {
    state.log.warn({ nic: nic.id, err: error }, 'a NIC cannot be used again: removing it');
  }
  return false;
}

/** When Neutron does not say, the reconciler will see. */
async function isStillFit({ port, target }: Nic, { returned }: AgentState): Promise<boolean> {
  if (!port) return false;
  const now = await returned.ask(port.id);
  return now === 'unknown' || (now !== 'gone' && isFitForOthers(target, port, now));
}
