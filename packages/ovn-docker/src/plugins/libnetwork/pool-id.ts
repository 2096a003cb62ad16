import { OvnDockerError } from '../../errors.ts';

/**
 * What a PoolID of ours says. Docker keeps it and gives it back, so it carries all that is needed and no table of pools
 * can be lost:
 * - `subnet/<uuid>/<request>`: an existing Neutron subnet, on which several Docker networks may stand: each has asked for itself;
 * - `cidr/<cidr>`: a subnet that CreateNetwork makes right after RequestPool. The same pool is the same id (Docker counts).
 */
export type Pool =
  | { readonly kind: 'subnet'; readonly subnetId: string; readonly request?: string }
  | { readonly kind: 'cidr'; readonly cidr: string };

export function poolId(pool: Pool): string {
  if (pool.kind === 'cidr') return `cidr/${pool.cidr}`;
  return ['subnet', pool.subnetId, ...(pool.request === undefined ? [] : [pool.request])].join('/');
}

/** @throws OvnDockerError `E_USAGE` */
export function parsePoolId(id: string): Pool {
  const slash = id.indexOf('/');
  const rest = id.slice(slash + 1);
  const [subnetId, request] = rest.split('/');
  if (subnetId && id.startsWith('subnet/')) {
    return { kind: 'subnet', subnetId, ...(request === undefined ? {} : { request }) };
  }
  if (rest && id.startsWith('cidr/')) return { kind: 'cidr', cidr: rest };
  throw new OvnDockerError('E_USAGE', `"${id}" is no address pool of ovn-docker`);
}
