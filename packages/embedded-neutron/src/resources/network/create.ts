import { randomUUID } from 'node:crypto';
import { type CreateValues, parseCreate } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { standardNow } from '../../northbound/external-ids.ts';
import { listNetworks, networkColumns } from '../../northbound/networks.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import type { Caller } from '../../policy/caller.ts';
import { requireQuota } from '../../policy/quotas.ts';
import { networkAttributes } from './attributes.ts';

type Values = CreateValues<typeof networkAttributes>;

/** Creates networks, all or none. Answers their ids in the order of the bodies. */
export async function createNetworks(
  backend: Backend,
  caller: Caller,
  bodies: readonly Readonly<Record<string, unknown>>[],
): Promise<string[]> {
  const wanted = bodies.map((body) => parseCreate('network', networkAttributes, body, caller));
  wanted.forEach(requireProvider);
  return backend.nb.change((tx) => {
    requireQuota(
      backend,
      'network',
      wanted.map(({ project_id }) => project_id),
    );
    const takenIds = new Set(listNetworks(backend.nb).map((network) => network['provider:segmentation_id']));
    return wanted.map((values) => insertNetwork(backend, tx, values, takenIds));
  });
}

function insertNetwork(
  backend: Backend,
  tx: NbTransaction,
  values: Values,
  taken: Set<number | null>,
): string {
  const id = randomUUID();
  const type = values['provider:network_type'] ?? 'geneve';
  const physical = type === 'geneve' ? null : (values['provider:physical_network'] ?? null);
  const segment = values['provider:segmentation_id'] ?? (type === 'geneve' ? freeTunnelId(taken) : null);
  taken.add(segment);
  const port = physical === null ? undefined : insertLocalnet(tx, physical, segment);
  tx.insert('Logical_Switch', {
    ...networkColumns({
      ...values,
      ...standardNow(1),
      id,
      mtu: values.mtu ?? (physical === null ? backend.settings.mtu : backend.settings.provider_mtu),
      'provider:network_type': type,
      'provider:physical_network': physical,
      'provider:segmentation_id': segment,
    }),
    ports: port ? [port] : [],
  });
  return id;
}

/** The way out of a provider network: a localnet port, with the VLAN of the physical network if it has one. */
function insertLocalnet(tx: NbTransaction, physical: string, vlan: number | null) {
  return tx.insert('Logical_Switch_Port', {
    name: `provnet-${randomUUID()}`,
    type: 'localnet',
    addresses: ['unknown'],
    options: { network_name: physical, mcast_flood: 'false', mcast_flood_reports: 'true' },
    tag: vlan ?? undefined,
  });
}

/** OVN chooses its own tunnel keys; this is the number that the API shows to admins. */
function freeTunnelId(taken: ReadonlySet<number | null>): number {
  let id = 1;
  while (taken.has(id)) id += 1;
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
