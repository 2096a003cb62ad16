import { isDeepStrictEqual } from 'node:util';
import { OvnDockerError } from '../../errors.ts';

/** How long Docker may take from RequestPool to CreateNetwork, in milliseconds: there is one call in between. */
const PATIENCE_MS = 60_000;

/** What RequestPool found out and CreateNetwork is not told again. */
export interface PoolRequest {
  readonly poolId: string;
  readonly cidr: string;
  /** `--ip-range`: the part of it that containers have their addresses from. */
  readonly range?: string;
  /** The existing Neutron network that the IPAM options named. */
  readonly networkId?: string;
  /** The subnet pool that the IPAM options named. */
  readonly subnetPoolId?: string;
}

interface Open {
  readonly request: PoolRequest;
  readonly at: number;
}

/**
 * The pools that Docker asked for and has not made a network of yet. Docker names a pool in CreateNetwork by its CIDR only,
 * so this is how what was said in RequestPool gets there. Only kept for the moment in between: losing it makes that one
 * `docker network create` fail. The same pool asked for twice is two of these: Docker gives it back as often.
 */
export class PoolRequests {
  #open: Open[] = [];

  add(request: PoolRequest): void {
    this.#forgetOld();
    this.#open.push({ request, at: Date.now() });
  }

  /**
   * Takes what was said of the pool with this CIDR.
   * @param networkId the existing network that CreateNetwork itself names
   * @throws OvnDockerError `E_NETWORK_OPTION` when two were asked for at once that are not the same
   */
  take(cidr: string, networkId?: string): PoolRequest | undefined {
    this.#forgetOld();
    const fitting = this.#open.filter(
      ({ request }) =>
        request.cidr === cidr && (networkId === undefined || (request.networkId ?? networkId) === networkId),
    );
    const [first] = fitting;
    if (!first) return undefined;
    if (networkId === undefined && fitting.some(({ request }) => !asksTheSame(request, first.request))) {
      throw new OvnDockerError('E_NETWORK_OPTION', `two networks with ${cidr} are being made at once`, {
        hint: 'make them one after the other',
      });
    }
    this.#open = this.#open.filter((open) => open !== first);
    return first.request;
  }

  /** Docker gave a pool back: if it is one of those, no network comes of it. */
  release(poolId: string): void {
    const index = this.#open.findIndex(({ request }) => request.poolId === poolId);
    if (index >= 0) this.#open.splice(index, 1);
  }

  /** Whether a network is being made of the pool. */
  isOpen(poolId: string): boolean {
    this.#forgetOld();
    return this.#open.some(({ request }) => request.poolId === poolId);
  }

  /** CIDRs that nobody else should be given meanwhile. */
  cidrs(): string[] {
    this.#forgetOld();
    return this.#open.map(({ request }) => request.cidr);
  }

  #forgetOld(): void {
    const since = Date.now() - PATIENCE_MS;
    this.#open = this.#open.filter(({ at }) => at > since);
  }
}

/** Whether it does not matter which of the two a network is made of. */
function asksTheSame(
  { poolId: _one, ...one }: PoolRequest,
  { poolId: _other, ...other }: PoolRequest,
): boolean {
  return isDeepStrictEqual(one, other);
}
