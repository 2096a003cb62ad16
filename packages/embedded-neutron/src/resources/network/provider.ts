import type { CreateValues } from '../../attributes/attributes.ts';
import type { Backend } from '../../backend.ts';
import { neutronError } from '../../errors.ts';
import { networksBySegment, type Segment, segmentKey } from '../../northbound/networks.ts';
import type { networkAttributes } from './attributes.ts';

type Requested = Pick<CreateValues<typeof networkAttributes>, keyof Segment>;

const MAX_VLAN = 4094;
/** The largest network identifier of Geneve (RFC 8926 section 3.4). */
const MAX_TUNNEL = 2 ** 24 - 1;

const invalid = (message: string) => neutronError('InvalidInput', message);

/**
 * Checks the provider attributes of a new network, without the database.
 *
 * @throws NeutronError InvalidInput
 */
export function requireProvider({ settings }: Backend, requested: Requested): void {
  const type = requested['provider:network_type'];
  const physical = requested['provider:physical_network'];
  const id = requested['provider:segmentation_id'];
  const known = settings.physical_networks;
  const isUnknown = physical && known !== undefined && !Object.hasOwn(known, physical);
  if (type === undefined) {
    if (physical !== undefined || id !== undefined) throw invalid('network_type required');
  } else if (type === 'geneve') {
    if (physical) throw invalid('provider:physical_network specified for geneve network');
    if (id !== undefined && (id < 1 || id > MAX_TUNNEL)) {
      throw invalid(`segmentation_id out of range (1 through ${MAX_TUNNEL})`);
    }
  } else if (type === 'local') {
    if (physical) throw invalid('physical_network prohibited for local provider network');
    if (id) throw invalid('segmentation_id prohibited for local provider network');
  } else if (type === 'flat') {
    if (!physical) throw invalid('physical_network required for flat provider network');
    if (isUnknown) throw invalid(`physical_network '${physical}' unknown for flat provider network`);
    if (id) throw invalid('segmentation_id prohibited for flat provider network');
  } else if (type === 'vlan') {
    if (isUnknown) throw invalid(`physical_network '${physical}' unknown for VLAN provider network`);
    if (id !== undefined && !physical) {
      throw invalid('segmentation_id requires physical_network for VLAN provider network');
    }
    if (id !== undefined && (id < 1 || id > MAX_VLAN)) {
      throw invalid(`segmentation_id out of range (1 through ${MAX_VLAN})`);
    }
  } else {
    throw invalid(`network_type value '${type}' not supported`);
  }
}

/** The segment of a network. */
export const segmentOf = (network: Segment): Segment => ({
  'provider:network_type': network['provider:network_type'],
  'provider:physical_network': network['provider:physical_network'],
  'provider:segmentation_id': network['provider:segmentation_id'],
});

/**
 * Refuses another segment than a network has: its ports are on it. An empty value is no change, as in
 * Neutron.
 *
 * @throws NeutronError InvalidInput
 */
export function requireSameSegment(network: Segment, changes: Partial<Requested>): void {
  const changed = (['provider:network_type', 'provider:physical_network'] as const).some(
    (name) => changes[name] !== undefined && changes[name] !== network[name],
  );
  if (changed) {
    const names = 'provider:network_type, provider:physical_network';
    throw invalid(`Plugin does not support updating the following provider network attributes: ${names}`);
  }
  const id = changes['provider:segmentation_id'];
  if (id && id !== network['provider:segmentation_id']) throw invalid('segmentation_id cannot be changed');
}

/** The segments in use, and those that are free for new networks. Part of a plan. */
export class SegmentBook {
  readonly #settings: Backend['settings'];
  readonly #nb: Backend['nb'];

  constructor({ nb, settings }: Backend) {
    this.#nb = nb;
    this.#settings = settings;
  }

  /**
   * Takes the requested segment, or chooses the lowest free id.
   *
   * @throws NeutronError VlanIdInUse, TunnelIdInUse, FlatNetworkInUse, NoNetworkAvailable
   */
  take(requested: Requested): Segment {
    const segment = {
      'provider:network_type': requested['provider:network_type'] ?? 'geneve',
      'provider:physical_network': requested['provider:physical_network'] || null,
      'provider:segmentation_id': requested['provider:segmentation_id'] ?? null,
    };
    const isChosen = segment['provider:segmentation_id'] === null;
    const chosen = this.#choices(segment).find(
      (choice) => !this.#isUsed(choice) && !(isChosen && this.#isQuarantined(choice)),
    );
    if (chosen === undefined) throw refusal(segment);
    return chosen;
  }

  /** Whether a network has the segment. Any number of local networks have no id at all. */
  #isUsed(segment: Segment): boolean {
    const isLocal = segment['provider:network_type'] === 'local';
    return !isLocal && this.#nb.view.count(networksBySegment, segmentKey(segment)) > 0;
  }

  /** Whether a network that a restored database has forgotten may still use the segment. */
  #isQuarantined(segment: Segment): boolean {
    return this.#nb.quarantine.has(
      'segment',
      segment['provider:network_type'],
      segment['provider:physical_network'] ?? '',
      String(segment['provider:segmentation_id']),
    );
  }

  /** The segments that would satisfy a request, in the order of preference. */
  *#choices(segment: Segment): Generator<Segment> {
    const type = segment['provider:network_type'];
    const hasIds = type === 'geneve' || type === 'vlan';
    if (segment['provider:segmentation_id'] !== null || !hasIds) yield segment;
    else if (type === 'geneve') yield* withIds(segment, 1, MAX_TUNNEL);
    else {
      const known = this.#settings.physical_networks ?? {};
      const physical = segment['provider:physical_network'];
      for (const name of physical === null ? Object.keys(known) : [physical]) {
        const [first, last] = (Object.hasOwn(known, name) ? known[name]?.vlans : undefined) ?? [1, MAX_VLAN];
        yield* withIds({ ...segment, 'provider:physical_network': name }, first, last);
      }
    }
  }
}

function* withIds(segment: Segment, first: number, last: number): Generator<Segment> {
  for (let id = first; id <= last; id += 1) yield { ...segment, 'provider:segmentation_id': id };
}

function refusal(segment: Segment): Error {
  const physical = segment['provider:physical_network'] ?? '';
  const id = segment['provider:segmentation_id'];
  if (segment['provider:network_type'] === 'flat') return neutronError('FlatNetworkInUse', physical);
  if (id === null) return neutronError('NoNetworkAvailable');
  if (segment['provider:network_type'] === 'vlan') return neutronError('VlanIdInUse', id, physical);
  return neutronError('TunnelIdInUse', id);
}

/**
 * The MTU of a network: the requested one, or the largest possible one for 0.
 *
 * @throws NeutronError InvalidInput if the network cannot carry frames of the requested size
 */
export function mtuOf({ settings }: Backend, segment: Segment, requested: number): number {
  const largest = segment['provider:physical_network'] === null ? settings.mtu : settings.provider_mtu;
  if (requested > largest) throw invalid(`Requested MTU is too big, maximum is ${largest}`);
  return requested || largest;
}
