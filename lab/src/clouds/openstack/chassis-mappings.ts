import { connect, openReplica, sbSchema, Transaction } from '@ovn-docker/ovsdb';
import type { Lab } from '../../lab.ts';
import { hypervisors } from '../../topology.ts';

const MAPPINGS = 'ovn-bridge-mappings';

/**
 * Debian 12 pairs Neutron 21 with OVN 23.03: that Neutron looks for a hypervisor's provider networks in
 * `Chassis.external_ids`, that ovn-controller writes them only into `other_config`. An operator copies them, or Neutron
 * binds no port of a provider network.
 */
export async function copyChassisMappings(lab: Lab): Promise<void> {
  await using client = await connect({ remotes: lab.southbound });
  await using replica = await openReplica(client, sbSchema, {
    Chassis: ['name', 'other_config', 'external_ids'],
  });
  const rows = () => [...replica.rows('Chassis').values()].filter((row) => row.other_config[MAPPINGS]);
  await replica.until(() => rows().length === hypervisors.length, { timeoutMs: 30_000 });
  const copy = new Transaction(sbSchema, client);
  for (const { _uuid, other_config: has } of rows()) {
    copy.mutate('Chassis', _uuid, { insert: { external_ids: { [MAPPINGS]: has[MAPPINGS] ?? '' } } });
  }
  await copy.commit();
}
