import { finish } from '../lifecycle/finish.ts';
import type { Engine } from '../nics/engine.ts';

/** Finishes the NIC with this label, if there is one. */
export async function releaseNic(engine: Engine, label: string): Promise<void> {
  const nic = engine.nics.withLabel(label);
  if (!nic) return;
  await engine.inTurn.run(nic.id, async () => {
    if (nic.claim?.label === label) await finish(engine, nic);
  });
}
