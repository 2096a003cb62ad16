import { attach } from '../attach/attach.ts';
import { writeClaim } from '../lifecycle/write-claim.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { steadyNow } from '../observe/steady-clock.ts';
import type { FoundClaim } from './finding.ts';

/** Claims a NIC of an earlier agent for the container that Docker names. */
export async function adopt(engine: Engine, nic: Nic, claim: FoundClaim): Promise<void> {
  if (nic.state !== 'found') return;
  const vm = await engine.vm();
  const addresses = nic.port?.fixed_ips.map(({ ip_address }) => ip_address) ?? [];
  nic.claim = { ...claim, since: steadyNow(), promised: new Set('endpointId' in claim ? addresses : []) };
  nic.state = 'claimed';
  await attach([nic], vm, 'guard port', 'enter container');
  // The stage "plug port" writes the claim only on a row that it creates.
  await writeClaim(nic, vm);
}
