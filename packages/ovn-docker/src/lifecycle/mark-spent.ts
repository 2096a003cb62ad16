import type { Port } from '@ovn-docker/openstack';
import { portTags } from '../clients/neutron/port-tags.ts';
import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { writeClaim } from './write-claim.ts';

/**
 * Records that the NIC's port is about to differ from the others of its pool, so that no other container gets
 * it. The Neutron tag is changed before the port itself: if the agent dies in between, the next one deletes a
 * usable NIC instead of reusing a changed one.
 */
export async function markSpent(engine: Engine, nic: Nic, port: Port): Promise<void> {
  nic.isSpent = true;
  const tags = (port.tags ?? []).filter((tag) => tag !== portTags.plain);
  await explained(engine.neutron.ports.replaceTags(port.id, tags));
  // The row says so, too: the next agent may have to work without Neutron.
  await writeClaim(nic, await engine.vm());
}
