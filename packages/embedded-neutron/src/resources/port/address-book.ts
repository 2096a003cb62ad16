import {
  canonical,
  contains,
  type Prefix,
  parsePrefix,
  slaacAddress,
  toNumber,
  toText,
} from '../../addresses/addresses.ts';
import { pickAddress, pickMac } from '../../addresses/allocate.ts';
import { neutronError } from '../../errors.ts';
import type { Network } from '../../northbound/networks.ts';
import type { NbTransaction, Northbound } from '../../northbound/northbound.ts';
import { addressKey } from '../../northbound/port-indexes.ts';
import { countPortsIn, type FixedIp, portWithAddress, portWithMac } from '../../northbound/ports.ts';
import { isAutoAddress, type Subnet, subnetsOf } from '../../northbound/subnets.ts';
import type { FixedIpRequest } from './attributes.ts';

/**
 * The addresses and MACs of one network, for one port that a plan creates or changes. What the port gets is
 * claimed, so that no other replica gives it to another port.
 */
export class AddressBook {
  readonly network: Network;
  readonly subnets: readonly Subnet[];
  readonly #nb: Northbound;
  readonly #tx: NbTransaction;
  /** The port that changes: its present addresses and MAC are free for it. */
  readonly #port: string | undefined;
  /** The addresses that the port gets, by {@link addressKey}. */
  readonly #taken = new Set<string>();

  constructor(nb: Northbound, tx: NbTransaction, network: Network, port?: string) {
    this.network = network;
    this.subnets = subnetsOf(nb, network.id);
    this.#nb = nb;
    this.#tx = tx;
    this.#port = port;
  }

  /** Takes the requested MAC, or picks one. @throws NeutronError MacAddressInUse */
  takeMac(requested: string | undefined, base: string): string {
    const isUsed = (mac: string) => {
      const holder = portWithMac(this.#nb, this.network.id, mac);
      return holder !== undefined && holder.id !== this.#port;
    };
    const isTaken = (mac: string) => isUsed(mac) || this.#nb.quarantine.has('mac', this.network.id, mac);
    const mac = requested ?? pickMac(base, isTaken, (each) => this.#tx.prefers('mac', this.network.id, each));
    if (requested !== undefined && isUsed(mac)) throw neutronError('MacAddressInUse', this.network.id, mac);
    this.#tx.claim('mac', this.network.id, mac);
    return mac;
  }

  /**
   * Takes the addresses of a port. Without a request, the port gets one address of each IP version of the
   * network. A port with any address also gets one from each subnet with automatic addresses.
   *
   * @param current addresses that the port has now; an address in a requested subnet is reused
   * @throws NeutronError IpAddressAlreadyAllocated, IpAddressGenerationFailure, InvalidIpForNetwork,
   * InvalidIpForSubnet, AllocationOnAutoAddressSubnet, InvalidInput
   */
  takeAddresses(
    requested: readonly FixedIpRequest[] | undefined,
    mac: string,
    current: readonly FixedIp[] = [],
  ): FixedIp[] {
    if (requested?.length === 0) return [];
    const reusable = [...current];
    const chosen = requested
      ? requested.map((request) => this.#takeRequested(request, reusable))
      : this.#takeOnePerVersion();
    const automatic = this.subnets.filter(
      (subnet) => isAutoAddress(subnet) && !chosen.some(({ subnet_id }) => subnet_id === subnet.id),
    );
    const all = [...chosen, ...automatic.map((subnet) => ({ subnet_id: subnet.id, ip_address: AUTOMATIC }))];
    return all.map((ip) => (ip.ip_address === AUTOMATIC ? this.#takeAutomatic(ip.subnet_id, mac) : ip));
  }

  #takeRequested(request: FixedIpRequest, reusable: FixedIp[]): FixedIp {
    const subnet = this.#subnetFor(request);
    if (request.ip_address !== undefined) {
      if (!isAutoAddress(subnet)) return this.#takeExactly(subnet, request.ip_address);
      // A client may repeat the address that the port has now.
      if (!reusable.some((ip) => ip.ip_address === request.ip_address)) {
        throw neutronError('AllocationOnAutoAddressSubnet', request.ip_address, subnet.id);
      }
    }
    if (isAutoAddress(subnet)) return { subnet_id: subnet.id, ip_address: AUTOMATIC };
    const index = reusable.findIndex((ip) => ip.subnet_id === subnet.id && this.#isFree(ip));
    const [reused] = index < 0 ? [] : reusable.splice(index, 1);
    if (reused) return this.#takeExactly(subnet, reused.ip_address);
    const picked = this.#pick(subnet);
    if (picked === undefined) throw neutronError('IpAddressGenerationFailureForSubnet', subnet.id);
    return picked;
  }

  #takeOnePerVersion(): FixedIp[] {
    return ([4, 6] as const).flatMap((version) => {
      const candidates = this.subnets.filter((s) => s.ip_version === version && !isAutoAddress(s));
      if (candidates.length === 0) return [];
      for (const subnet of candidates) {
        const picked = this.#pick(subnet);
        if (picked) return [picked];
      }
      throw neutronError('IpAddressGenerationFailure', this.network.id);
    });
  }

  #takeExactly(subnet: Subnet, address: string): FixedIp {
    const prefix = parsePrefix(subnet.cidr);
    if (!prefix || !contains(prefix, address) || isEdge(prefix, address)) {
      throw neutronError('InvalidIpForSubnet', address);
    }
    const text = canonical(address);
    if (this.#isUsed(subnet.id, text)) throw neutronError('IpAddressAlreadyAllocated', text, subnet.id);
    return this.#take(subnet.id, text);
  }

  #takeAutomatic(subnetId: string, mac: string): FixedIp {
    const subnet = this.#subnet(subnetId);
    const prefix = parsePrefix(subnet.cidr);
    if (!prefix) throw neutronError('SubnetNotFound', subnetId);
    return this.#takeExactly(subnet, slaacAddress(prefix, mac));
  }

  #pick(subnet: Subnet): FixedIp | undefined {
    const version = subnet.ip_version;
    const pools = subnet.allocation_pools.map((pool) => ({
      start: toNumber(pool.start),
      end: toNumber(pool.end),
    }));
    const isTaken = (address: string) =>
      this.#isUsed(subnet.id, address) || this.#nb.quarantine.has('ip', subnet.id, address);
    const value = pickAddress(
      pools,
      (candidate) => isTaken(toText(candidate, version)),
      countPortsIn(this.#nb, subnet.id) + this.#taken.size,
      (candidate) => this.#tx.prefers('ip', subnet.id, toText(candidate, version)),
    );
    return value === undefined ? undefined : this.#take(subnet.id, toText(value, version));
  }

  #take(subnetId: string, address: string): FixedIp {
    this.#taken.add(addressKey(subnetId, address));
    this.#tx.claim('ip', subnetId, address);
    return { subnet_id: subnetId, ip_address: address };
  }

  #isUsed(subnetId: string, address: string): boolean {
    if (this.#taken.has(addressKey(subnetId, address))) return true;
    const holder = portWithAddress(this.#nb, subnetId, address);
    return holder !== undefined && holder.id !== this.#port;
  }

  #isFree({ subnet_id, ip_address }: FixedIp): boolean {
    return !this.#isUsed(subnet_id, ip_address);
  }

  #subnetFor({ subnet_id, ip_address }: FixedIpRequest): Subnet {
    if (this.subnets.length === 0) throw invalid('IP allocation requires subnets for network');
    if (subnet_id !== undefined) return this.#subnet(subnet_id);
    if (ip_address === undefined) throw invalid('IP allocation requires subnet_id or ip_address');
    const subnet = this.subnets.find(({ cidr }) => {
      const prefix = parsePrefix(cidr);
      return prefix !== undefined && contains(prefix, ip_address) && !isEdge(prefix, ip_address);
    });
    if (!subnet) throw neutronError('InvalidIpForNetwork', ip_address);
    return subnet;
  }

  #subnet(id: string): Subnet {
    const subnet = this.subnets.find((candidate) => candidate.id === id);
    if (subnet) return subnet;
    throw invalid(
      `Failed to create port on network ${this.network.id}, because fixed_ips included invalid subnet ${id}`,
    );
  }
}

const invalid = (message: string) => neutronError('InvalidInput', message);

/** Whether an address is the network or broadcast address of an IPv4 prefix. */
function isEdge(prefix: Prefix, address: string): boolean {
  const value = toNumber(address);
  return prefix.version === 4 && prefix.length < 31 && (value === prefix.first || value === prefix.last);
}

/** Placeholder for an address that is derived from the MAC. */
const AUTOMATIC = '';
