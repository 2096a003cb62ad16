import { connect, openReplica, sbSchema, Transaction } from '@ovn-docker/ovsdb';
import type { Lab } from '../../lab.ts';
import { hypervisors } from '../../topology.ts';

const MAPPINGS = 'ovn-bridge-mappings';

/**
 * Copies the hypervisors' bridge mappings in OVN Southbound from `Chassis.other_config` to `external_ids`, as
 * an operator must do on Debian 12: ovn-controller 23.03 writes them only to the former, but Neutron 21 reads
 * the latter. Without them Neutron binds no port of a provider network.
 */
export async function copyChassisMappings(lab: Lab): Promise<void> {
  await using client = await connect({ remotes: lab.southbound });
  await using replica = await openReplica(client, sbSchema, {
    Chassis: ['name', 'other_config', 'external_ids'],
  });
  const rows = () => [...replica.rows('Chassis').values()].filter((row) => row.other_config[MAPPINGS]);
  await replica.until(() => rows().length === hypervisors.length, { timeoutMs: 30_000 });
  const copy = new Transaction(sbSchema, client);
  for (const { _uuid, other_config: config } of rows()) {
    copy.mutate('Chassis', _uuid, { insert: { external_ids: { [MAPPINGS]: config[MAPPINGS] ?? '' } } });
  }
  await copy.commit();
}
