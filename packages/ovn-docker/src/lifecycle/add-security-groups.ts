import { explained } from '../clients/neutron/refusals.ts';
import type { Engine } from '../nics/engine.ts';
import type { Nic } from '../nics/nic.ts';
import { markSpent } from './mark-spent.ts';
import { requireConfirmed } from './require-confirmed.ts';

/**
 * Adds security groups to those of a claimed NIC's port; a second call changes nothing. Groups only ever
 * allow traffic, so until this is done the container is reachable by fewer peers than wanted, never by more.
 * The NIC does not return to its pool.
 * @param ids ids of the groups
 */
export async function addSecurityGroups(engine: Engine, nic: Nic, ids: readonly string[]): Promise<void> {
  // A container without further groups needs no Neutron.
  if (ids.length === 0) return;
  await requireConfirmed(engine);
  const { port } = nic;
  const present = port?.security_groups ?? [];
  const missing = ids.filter((id) => !present.includes(id));
  if (!port || missing.length === 0) return;
  if (nic.wants.existing) {
    // The agent must leave the port as it found it, and after a restart it would not know its former groups.
    engine.log.warn(
      { nic: nic.id, port: port.id },
      'an existing port keeps the security groups of its owner',
    );
    return;
  }
  await markSpent(engine, nic, port);
  nic.port = await explained(
    engine.neutron.ports.update(port.id, { security_groups: [...present, ...missing] }),
  );
}
