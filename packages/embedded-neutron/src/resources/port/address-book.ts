import {
  canonical,
  contains,
  parsePrefix,
  slaacAddress,
  toNumber,
  toText,
} from '../../addresses/addresses.ts';
import { pickAddress, pickMac } from '../../addresses/allocate.ts';
import { neutronError } from '../../errors.ts';
import type { Network } from '../../northbound/networks.ts';
import type { FixedIp, Port } from '../../northbound/ports.ts';
import { isAutoAddress, type Subnet } from '../../northbound/subnets.ts';
import type { FixedIpRequest } from './attributes.ts';

/**
 * The used addresses and MACs of one network: those of its ports, and those that a plan takes for new ports.
 */
export class AddressBook {
  readonly network: Network;
  readonly subnets: readonly Subnet[];
  /**
   * Canonical texts by subnet: to compare texts is much cheaper than to convert thousands of addresses to
   * numbers.
   */
  readonly #used = new Map<string, Set<string>>();
  readonly #macs = new Set<string>();

  constructor(network: Network, subnets: readonly Subnet[], ports: readonly Port[]) {
    this.network = network;
    this.subnets = subnets;
    for (const subnet of subnets) this.#used.set(subnet.id, new Set());
    for (const port of ports) {
      this.#macs.add(port.mac_address);
      for (const ip of port.fixed_ips) this.#used.get(ip.subnet_id)?.add(ip.ip_address);
    }
  }

  /** Takes the requested MAC, or picks one. @throws NeutronError MacAddressInUse */
  takeMac(requested: string | undefined, base: string): string {
    const mac = requested ?? pickMac(base, (candidate) => this.#macs.has(candidate));
    if (this.#macs.has(mac)) throw neutronError('MacAddressInUse', this.network.id, mac);
    this.#macs.add(mac);
    return mac;
  }

  /** Frees a port's MAC, addresses or both, before the port takes new ones. */
  release(port: Port, parts: { readonly mac: boolean; readonly ips: boolean }): void {
    if (parts.mac) this.#macs.delete(port.mac_address);
    if (!parts.ips) return;
    for (const ip of port.fixed_ips) this.#used.get(ip.subnet_id)?.delete(ip.ip_address);
  }

  /**
   * Takes the addresses of a port. Without a request, the port gets one address of each IP version of the
   * network. A port with any address also gets one from each subnet with automatic addresses.
   *
   * @param current addresses that the port has now; an address in a requested subnet is reused
   * @throws NeutronError IpAddressAlreadyAllocated, IpAddressGenerationFailure, InvalidIpForNetwork,
   * InvalidIpForSubnet
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
    const subnet =
      request.subnet_id === undefined
        ? this.#subnetWith(request.ip_address ?? '')
        : this.#subnet(request.subnet_id);
    if (request.ip_address !== undefined) return this.#takeExactly(subnet, request.ip_address);
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
    if (!prefix || !contains(prefix, address)) throw neutronError('InvalidIpForSubnet', address);
    const value = toNumber(address);
    const edge =
      prefix.version === 4 && prefix.length < 31 && (value === prefix.first || value === prefix.last);
    if (edge) throw neutronError('InvalidIpForSubnet', address);
    const used = this.#used.get(subnet.id);
    const text = canonical(address);
    if (used?.has(text)) throw neutronError('IpAddressAlreadyAllocated', text, subnet.id);
    used?.add(text);
    return { subnet_id: subnet.id, ip_address: text };
  }

  #takeAutomatic(subnetId: string, mac: string): FixedIp {
    const subnet = this.#subnet(subnetId);
    const prefix = parsePrefix(subnet.cidr);
    if (!prefix) throw neutronError('SubnetNotFound', subnetId);
    return this.#takeExactly(subnet, slaacAddress(prefix, mac));
  }

  #pick(subnet: Subnet): FixedIp | undefined {
    const used = this.#used.get(subnet.id) ?? new Set<string>();
    const version = subnet.ip_version;
    const pools = subnet.allocation_pools.map((pool) => ({
      start: toNumber(pool.start),
      end: toNumber(pool.end),
    }));
    const value = pickAddress(pools, (candidate) => used.has(toText(candidate, version)), used.size);
    if (value === undefined) return undefined;
    const text = toText(value, version);
    used.add(text);
    return { subnet_id: subnet.id, ip_address: text };
  }

  #isFree(ip: FixedIp): boolean {
    return !this.#used.get(ip.subnet_id)?.has(ip.ip_address);
  }

  #subnet(id: string): Subnet {
    const subnet = this.subnets.find((candidate) => candidate.id === id);
    if (subnet) return subnet;
    throw neutronError(
      'InvalidInput',
      `Failed to create port on network ${this.network.id}, because fixed_ips included invalid subnet ${id}`,
    );
  }

  #subnetWith(address: string): Subnet {
    const subnet = this.subnets.find(({ cidr }) => {
      const prefix = parsePrefix(cidr);
      return prefix !== undefined && contains(prefix, address);
    });
    if (!subnet) throw neutronError('InvalidIpForNetwork', address);
    return subnet;
  }
}

/** Placeholder for an address that is derived from the MAC. */
const AUTOMATIC = '';
