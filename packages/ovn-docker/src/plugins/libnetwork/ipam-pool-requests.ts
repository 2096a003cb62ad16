import { isDeepStrictEqual } from 'node:util';
import { OvnDockerError } from '../../errors.ts';
import type { NetworkOptions } from '../../networks/options.ts';
import { steadyNow } from '../../observe/steady-clock.ts';

/** The time that Docker may take from RequestPool to CreateNetwork, in milliseconds. */
const PATIENCE_MS = 60_000;

/** The result of RequestPool that CreateNetwork needs and that Docker does not repeat. */
export interface IpamPoolRequest {
  readonly ipamPoolId: string;
  readonly cidr: string;
  /** `--ip-range`: the part of `cidr` from which containers get addresses, as a CIDR. */
  readonly range?: string;
  /** The existing Neutron network that the IPAM options name. */
  readonly networkId?: string;
  /** The subnet pool that the IPAM options name. */
  readonly subnetPoolId?: string;
  /** The IPAM options (`--ipam-opt`). */
  readonly options?: NetworkOptions;
}

interface OpenRequest {
  readonly request: IpamPoolRequest;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/**
 * The IPAM pools that Docker has requested and for which it has not created a network yet. CreateNetwork
 * names an IPAM pool only by its CIDR, so this list carries the other results of RequestPool to it. Losing
 * the list makes only the `docker network create` in progress fail. Entries are counted: two RequestPool
 * calls need two ReleasePool calls.
 */
export class IpamPoolRequests {
  #open: OpenRequest[] = [];

  add(request: IpamPoolRequest): void {
    this.#removeExpired();
    this.#open.push({ request, since: steadyNow() });
  }

  /**
   * Removes the request for this CIDR from the list and returns it.
   * @param networkId the existing network that CreateNetwork itself names
   * @throws OvnDockerError `E_NETWORK_OPTION` when different requests for the CIDR are open
   */
  take(cidr: string, networkId?: string): IpamPoolRequest | undefined {
    this.#removeExpired();
    const fitting = this.#open.filter(
      ({ request }) =>
        request.cidr === cidr && (networkId === undefined || (request.networkId ?? networkId) === networkId),
    );
    const [first] = fitting;
    if (!first) return undefined;
    if (networkId === undefined && fitting.some(({ request }) => !isEquivalent(request, first.request))) {
      throw new OvnDockerError('E_NETWORK_OPTION', `two networks with ${cidr} are being created at once`, {
        hint: 'create one after the other',
      });
    }
    this.#open = this.#open.filter((open) => open !== first);
    return first.request;
  }

  /** Removes the request of an IPAM pool that Docker releases before it creates a network. */
  release(ipamPoolId: string): void {
    const index = this.#open.findIndex(({ request }) => request.ipamPoolId === ipamPoolId);
    if (index >= 0) this.#open.splice(index, 1);
  }

  /** Whether Docker is creating a network for the IPAM pool. */
  isOpen(ipamPoolId: string): boolean {
    this.#removeExpired();
    return this.#open.some(({ request }) => request.ipamPoolId === ipamPoolId);
  }

  /** The CIDRs of all open requests: no other network may get them. */
  cidrs(): string[] {
    this.#removeExpired();
    return this.#open.map(({ request }) => request.cidr);
  }

  #removeExpired(): void {
    const oldest = steadyNow() - PATIENCE_MS;
    this.#open = this.#open.filter(({ since }) => since > oldest);
  }
}

/** Whether both requests lead to the same network. */
function isEquivalent(
  { ipamPoolId: _one, ...one }: IpamPoolRequest,
  { ipamPoolId: _other, ...other }: IpamPoolRequest,
): boolean {
  return isDeepStrictEqual(one, other);
}
