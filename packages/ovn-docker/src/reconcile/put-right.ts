import { finish } from '../lifecycle/finish.ts';
import { release } from '../lifecycle/release.ts';
import { removeStrayInterface, removeStrayPort, removeStrayRow } from '../lifecycle/remove-strays.ts';
import { deleteNetwork, deleteStrayNetwork } from '../networks/delete-network.ts';
import { restoreNetwork } from '../networks/restore-network.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { adopt } from './adopt.ts';
import type { SingleFinding } from './finding.ts';
import { repair } from './repair.ts';

type UnusedFinding = SingleFinding & { kind: 'unused claim' | 'dead endpoint' | 'dead container' };

/** Does what a finding's action says, with the same stages as attach and detach. */
export async function putRight(engine: Engine, finding: SingleFinding): Promise<void> {
  switch (finding.kind) {
    case 'found NIC':
      return inItsTurn(engine, finding.nic, () => adopt(engine, finding.nic, finding.claim));
    case 'unused claim':
    case 'dead endpoint':
    case 'dead container':
      return inItsTurn(engine, finding.nic, () => finishUnused(engine, finding));
    case 'lost port':
    case 'changed port':
    case 'dead port':
    case 'shared VLAN':
      return inItsTurn(engine, finding.nic, () => takeOutOfUse(engine, finding.nic));
    case 'stray port':
      return removeStrayPort(engine, finding.port);
    case 'wrong flows':
      return (await engine.vm()).guard.restore();
    case 'stray row':
      return removeStrayRow(engine, finding);
    case 'stray interface':
      return removeStrayInterface(engine, finding);
    case 'forgotten Docker network':
      return restoreNetwork(engine, finding.dockerId, finding.network);
    case 'stray Docker network':
      return deleteNetwork(engine, finding.dockerId);
    case 'stray network':
      return deleteStrayNetwork(engine, finding.networkId);
    default:
      return inItsTurn(engine, finding.nic, () => repair(engine, finding.nic, finding.kind));
  }
}

/** Runs `work` in the NIC's queue, unless the NIC was removed while it waited. */
async function inItsTurn(engine: Engine, nic: Nic, work: () => Promise<void>): Promise<void> {
  await engine.inTurn.run(nic.id, async () => {
    if (engine.nics.get(nic.id) === nic) await work();
  });
}

/** Finishes the NIC, unless Docker has changed its claim since the observation. */
async function finishUnused(engine: Engine, { nic, claim, endpointId }: UnusedFinding): Promise<void> {
  if (nic.claim === claim && claim.endpointId === endpointId) await finish(engine, nic);
}

/** A container that uses the NIC keeps it; no other container gets it, and a warm NIC is deleted. */
async function takeOutOfUse(engine: Engine, nic: Nic): Promise<void> {
  nic.isSpent = true;
  if (nic.state === 'warm' && engine.pools.get(nic.target)?.drop(nic)) await release(engine, nic);
}
