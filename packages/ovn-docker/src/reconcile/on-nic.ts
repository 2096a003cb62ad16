import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';

/** Whatever was found out before the NIC's turn came may be past: who was quicker decides. */
export async function onNic(engine: Engine, nic: Nic, work: () => Promise<void>): Promise<void> {
  await engine.inTurn.run(nic.id, async () => {
    if (engine.nics.get(nic.id) === nic) await work();
  });
}
