import { OvnDockerError } from '../../errors.ts';

/**
 * The content of a PoolID of this IPAM driver. Docker stores the PoolID and sends it with later calls, so it
 * contains all that the agent needs, and the agent has no table that it could lose:
 * - `subnet/<uuid>/<request>`: an existing Neutron subnet. Several Docker networks may share it, so each
 *   RequestPool call has an id of its own;
 * - `cidr/<cidr>`: a subnet that CreateNetwork creates right after RequestPool. Docker counts calls with the
 *   same PoolID.
 */
export type IpamPool =
  | { readonly kind: 'subnet'; readonly subnetId: string; readonly request?: string }
  | { readonly kind: 'cidr'; readonly cidr: string };

export function formatIpamPoolId(ipamPool: IpamPool): string {
  if (ipamPool.kind === 'cidr') return `cidr/${ipamPool.cidr}`;
  const { subnetId, request } = ipamPool;
  return ['subnet', subnetId, ...(request === undefined ? [] : [request])].join('/');
}

/** @throws OvnDockerError `E_USAGE` */
export function parseIpamPoolId(id: string): IpamPool {
  const slash = id.indexOf('/');
  const rest = id.slice(slash + 1);
  const [subnetId, request] = rest.split('/');
  if (subnetId && id.startsWith('subnet/')) {
    return { kind: 'subnet', subnetId, ...(request === undefined ? {} : { request }) };
  }
  if (rest && id.startsWith('cidr/')) return { kind: 'cidr', cidr: rest };
  throw new OvnDockerError('E_USAGE', `"${id}" is not the id of an IPAM pool of ovn-docker`);
}
