import type { Change, NbTables, Uuid } from '@ovn-docker/ovsdb';
import { GUARD_ROW } from './guard-row.ts';

/** As long as hosts may keep what they had: the lease time of OVN's DHCP server, in milliseconds. */
const QUARANTINE_MS = 43_200_000;
/** The number of values that are kept at most. */
const LIMIT = 1_000_000;

type Pairs = Readonly<Record<string, string>>;

/**
 * The addresses, MAC addresses and segmentation ids of rows that disappeared because OVN Northbound was
 * recreated, or restored from a backup. Their hosts may still use them, so this service does not choose them
 * for others.
 */
export class Quarantine {
  readonly #facts = new Map<string, number>();
  /** Called when a restored database shows, with the number of rows that have disappeared. */
  onRestored: (lost: number) => void = () => undefined;

  /** Whether a value is not to be chosen now. */
  has(...fact: string[]): boolean {
    if (this.#facts.size === 0) return false;
    const until = this.#facts.get(fact.join(' '));
    return until !== undefined && until > performance.now();
  }

  /** Follows the changes of the replica. */
  follow(changes: readonly Change<NbTables>[]): void {
    if (!changes.some(isStepBack)) return;
    let lost = 0;
    for (const { table, kind, old } of changes) {
      if (kind !== 'delete' || table === 'DNS') continue;
      lost += 1;
      if ('external_ids' in old) for (const fact of factsOf(old.external_ids)) this.#add(fact);
    }
    this.onRestored(lost);
  }

  #add(fact: string): void {
    if (this.#facts.size >= LIMIT) this.#facts.clear();
    this.#facts.set(fact, performance.now() + QUARANTINE_MS);
  }
}

/**
 * Whether a change of the guard row shows an earlier state: the row was deleted, or a replica has made fewer
 * commits than before. A replica that ends removes its number.
 */
function isStepBack({ table, uuid, old, new: row }: Change<NbTables>): boolean {
  if (table !== 'DNS' || (uuid satisfies Uuid) !== GUARD_ROW || !old) return false;
  if (!row) return true;
  const before: Pairs = old.external_ids;
  const after: Pairs = row.external_ids;
  return Object.keys(before).some(
    (key) => key.startsWith('last:') && key in after && Number(after[key]) < Number(before[key]),
  );
}

/** What a deleted row of a port or a network had. */
function factsOf(ids: Pairs): string[] {
  const network = ids['neutron:network_name']?.slice('neutron-'.length) ?? '';
  const ips = JSON.parse(ids['neutron:fixed_ips'] ?? '[]') as { subnet_id: string; ip_address: string }[];
  const mac = ids['neutron:mac_address'];
  const segment = ids['neutron:provider_segmentation_id'];
  const [type, physical] = ['network_type', 'physical_network'].map(
    (key) => ids[`neutron:provider_${key}`] ?? '',
  );
  return [
    ...ips.map(({ subnet_id, ip_address }) => `ip ${subnet_id} ${ip_address}`),
    ...(mac === undefined ? [] : [`mac ${network} ${mac}`]),
    ...(segment === undefined ? [] : [`segment ${type} ${physical} ${segment}`]),
  ];
}
