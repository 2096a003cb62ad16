import { connect, nbSchema, openReplica } from '@ovn-docker/ovsdb';
import type { Lab } from '../../lab.ts';
import { copyChassisMappings } from './chassis-mappings.ts';
import { startNeutron } from './neutron.ts';

/**
 * Starts Neutron for the first time and waits until Neutron has created its port group in OVN Northbound,
 * without which it cannot create a port.
 */
export async function serveOpenstack(lab: Lab): Promise<void> {
  await Promise.all([startNeutron(lab.machine('api')), copyChassisMappings(lab)]);
  await using client = await connect({ remotes: lab.northbound });
  await using replica = await openReplica(client, nbSchema, { Port_Group: ['name'] });
  const exists = () => replica.find('Port_Group', { name: 'neutron_pg_drop' }).length > 0;
  await replica.until(exists, { timeoutMs: 60_000 });
}
