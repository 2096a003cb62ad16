import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import { portTags } from '../nics/names.ts';
import type { Nic } from '../nics/nic.ts';

/**
 * Gives the port of a claimed NIC security groups besides those that it has; done twice, it is done once. Security groups only
 * ever allow, so until it is done the container is reached by fewer than it should, never by more. The NIC is
 * no plain one any more: nobody else is given it.
 * @param ids of the groups
 */
export async function addSecurityGroups(engine: Engine, nic: Nic, ids: readonly string[]): Promise<void> {
  const { port } = nic;
  const has = port?.security_groups ?? [];
  const missing = ids.filter((id) => !has.includes(id));
  if (!port || missing.length === 0) return;
  if (nic.wants.existing) {
    // It is to be left as it was found, and after a restart nobody would know how that was.
    engine.log.warn({ nic: nic.id, port: port.id }, 'the security groups of an existing port are its owner’s');
    return;
  }
  nic.isSpent = true;
  // The mark first: an agent that ends in between leaves a NIC that is used once too seldom, not once too often.
  const tags = (port.tags ?? []).filter((tag) => tag !== portTags.plain);
  await explained(engine.neutron.ports.replaceTags(port.id, tags));
  nic.port = await explained(engine.neutron.ports.update(port.id, { security_groups: [...has, ...missing] }));
}
