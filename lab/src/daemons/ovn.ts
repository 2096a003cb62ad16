import { connect, nbSchema, sbSchema, Transaction } from '@ovn-docker/ovsdb';
import type { Machine } from '../machine/machine.ts';
import { ports, underlay } from '../topology.ts';
import { daemonOptions } from './open-vswitch.ts';

const databases = [
  { file: 'ovnnb', schema: '/usr/share/ovn/ovn-nb.ovsschema', port: ports.northbound },
  { file: 'ovnsb', schema: '/usr/share/ovn/ovn-sb.ovsschema', port: ports.southbound },
] as const;

/** Starts OVN's Northbound and Southbound databases and ovn-northd, on their default paths. */
export async function startOvnCentral(machine: Machine): Promise<void> {
  await machine.must(['mkdir', '-p', '/var/lib/ovn', '/var/log/ovn']);
  for (const { file, schema, port } of databases) {
    await machine.must(['ovsdb-tool', 'create', `/var/lib/ovn/${file}_db.db`, schema]);
    await machine.must([
      'ovsdb-server',
      `/var/lib/ovn/${file}_db.db`,
      `--remote=punix:/run/ovn/${file}_db.sock`,
      `--remote=ptcp:${port}:${underlay.central}`,
      `--unixctl=/run/ovn/${file}_db.ctl`,
      `--pidfile=/run/ovn/${file}_db.pid`,
      ...daemonOptions(`/var/log/ovn/ovsdb-server-${file}.log`),
    ]);
  }
  await insertGlobals(machine);
  await machine.must([
    'ovn-northd',
    '--ovnnb-db=unix:/run/ovn/ovnnb_db.sock',
    '--ovnsb-db=unix:/run/ovn/ovnsb_db.sock',
    '--pidfile=/run/ovn/ovn-northd.pid',
    ...daemonOptions('/var/log/ovn/ovn-northd.log'),
  ]);
}

/** Inserts the root row of both databases, as `ovn-nbctl init` and `ovn-sbctl init` do. */
async function insertGlobals({ places }: Machine): Promise<void> {
  await using northbound = await connect({ remotes: `unix:${places.run}/ovn/ovnnb_db.sock` });
  const nb = new Transaction(nbSchema, northbound);
  nb.insert('NB_Global', {});
  await nb.commit();
  await using southbound = await connect({ remotes: `unix:${places.run}/ovn/ovnsb_db.sock` });
  const sb = new Transaction(sbSchema, southbound);
  sb.insert('SB_Global', {});
  await sb.commit();
}

/**
 * Starts a hypervisor's ovn-controller, which reads the address of Southbound from the `external_ids` of the
 * Open_vSwitch row.
 */
export async function startOvnController(machine: Machine): Promise<void> {
  await machine.must(['mkdir', '-p', '/var/log/ovn']);
  await machine.must([
    'ovn-controller',
    'unix:/run/openvswitch/db.sock',
    '--pidfile=/run/ovn/ovn-controller.pid',
    ...daemonOptions('/var/log/ovn/ovn-controller.log'),
  ]);
}
