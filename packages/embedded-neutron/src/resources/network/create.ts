import { randomUUID } from 'node:crypto';
import type { Body } from '../../api/resource.ts';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import { listNetworks, networkColumns } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import type { Caller } from '../../policy/caller.ts';
import { networkAttributes } from './attributes.ts';

type Values = CreateValues<typeof networkAttributes>;

/** Reads networks from a request. @throws NeutronError InvalidInput, and those of {@link parseCreate} */
export function parseNetworks(bodies: readonly Body[], caller: Caller): readonly Values[] {
  const requested = bodies.map((body) => parseCreate('network', networkAttributes, body, caller));
  requested.forEach(requireProvider);
  return requested;
}

/** Plans new networks. */
export function insertNetworks(
  backend: Backend,
  tx: NbTransaction,
  _caller: Caller,
  requested: readonly Values[],
): string[] {
  const usedIds = new Set(listNetworks(backend.nb).map((network) => network['provider:segmentation_id']));
  return requested.map((values) => insertNetwork(backend, tx, values, usedIds));
}

function insertNetwork(
  { settings }: Backend,
  tx: NbTransaction,
  values: Values,
  usedIds: Set<number | null>,
): string {
  const id = randomUUID();
  const type = values['provider:network_type'] ?? 'geneve';
  const physical = type === 'geneve' ? null : (values['provider:physical_network'] ?? null);
  const segment = values['provider:segmentation_id'] ?? (type === 'geneve' ? freeTunnelId(usedIds) : null);
  usedIds.add(segment);
  const port = physical === null ? undefined : insertLocalnet(tx, physical, segment);
  tx.insert('Logical_Switch', {
    ...networkColumns({
      ...values,
      ...standardNow(1),
      id,
      mtu: values.mtu ?? (physical === null ? settings.mtu : settings.provider_mtu),
      'provider:network_type': type,
      'provider:physical_network': physical,
      'provider:segmentation_id': segment,
    }),
    ports: port ? [port] : [],
  });
  return id;
}

/** Connects a provider network: a localnet port, with the VLAN of the physical network if there is one. */
function insertLocalnet(tx: NbTransaction, physical: string, vlan: number | null) {
  return tx.insert('Logical_Switch_Port', {
    name: `provnet-${randomUUID()}`,
    type: 'localnet',
    addresses: ['unknown'],
    options: { network_name: physical, mcast_flood: 'false', mcast_flood_reports: 'true' },
    tag: vlan ?? undefined,
  });
}

/** Chooses the tunnel id that the API shows to admins. OVN chooses the tunnel keys that it uses itself. */
function freeTunnelId(usedIds: ReadonlySet<number | null>): number {
  let id = 1;
  while (usedIds.has(id)) id += 1;
  return id;
}

function requireProvider(values: Values): void {
  const type = values['provider:network_type'];
  const bad = (message: string) => neutronError('InvalidInput', message);
  const physical = values['provider:physical_network'];
  const segment = values['provider:segmentation_id'];
  if (type === undefined && (physical !== undefined || segment !== undefined)) {
    throw bad('network_type required');
  }
  if (type === 'geneve' && physical !== undefined) {
    throw bad('provider:physical_network specified for geneve network');
  }
  if ((type === 'flat' || type === 'vlan') && !physical) {
    throw bad(`provider:physical_network is required for ${type} provider network`);
  }
  if (type === 'flat' && segment !== undefined)
    throw bad('segmentation_id prohibited for flat provider network');
  if (type === 'vlan' && (segment === undefined || segment > 4094)) {
    throw bad('segmentation_id out of range (1 through 4094)');
  }
}
