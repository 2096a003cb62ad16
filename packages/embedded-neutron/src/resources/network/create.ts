import { randomUUID } from 'node:crypto';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import { networkColumns } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import type { Caller } from '../../policy/caller.ts';
import { type networkAttributes, networkSchema } from './attributes.ts';
import { mtuOf, requireProvider, SegmentBook } from './provider.ts';

type Values = CreateValues<typeof networkAttributes>;

/** Reads a network from a request. @throws NeutronError InvalidInput, and those of {@link parseCreate} */
export const parseNetwork = (body: Body, caller: Caller): Values => parseCreate(networkSchema, body, caller);

/** Plans new networks. @throws NeutronError InvalidInput, and those of {@link SegmentBook.take} */
export function* insertNetworks(
  backend: Backend,
  tx: NbTransaction,
  _caller: Caller,
  requested: readonly Values[],
): Generator<void, readonly string[]> {
  const book = new SegmentBook(backend);
  const ids: string[] = [];
  for (const values of requested) {
    ids.push(insertNetwork(backend, tx, values, book));
    yield;
  }
  return ids;
}

function insertNetwork(backend: Backend, tx: NbTransaction, values: Values, book: SegmentBook): string {
  requireProvider(backend, values);
  const id = randomUUID();
  const segment = book.take(values);
  const mtu = mtuOf(backend, segment, values.mtu);
  const port = insertLocalnet(tx, segment['provider:physical_network'], segment['provider:segmentation_id']);
  tx.insert('Logical_Switch', {
    ...networkColumns({ ...values, ...standardNow(1), ...segment, id, mtu }),
    ports: port ? [port] : [],
  });
  return id;
}

/** Connects a provider network: a localnet port, with the VLAN of the physical network if there is one. */
function insertLocalnet(tx: NbTransaction, physical: string | null, vlan: number | null) {
  if (physical === null) return undefined;
  return tx.insert('Logical_Switch_Port', {
    name: `provnet-${randomUUID()}`,
    type: 'localnet',
    addresses: ['unknown'],
    options: { network_name: physical, mcast_flood: 'false', mcast_flood_reports: 'true' },
    tag: vlan ?? undefined,
  });
}
