import type { Session } from './session.ts';
import type { AccessRule } from './types.ts';

/** A kind of request to Neutron. */
export interface NetworkCall {
  readonly method: string;
  /** Below the endpoint, as in an {@link AccessRule}: `/v2.0/ports/*`. */
  readonly path: string;
}

/**
 * The access rules that allow these requests to Neutron, each rule once. Whether Neutron sees the path of its
 * URL in the catalog, such as `/networking`, depends on the proxy before it: then there are rules with and
 * without it.
 *
 * @param endpointPath of {@link networkEndpointPath}
 *
 * @example
 * ```ts
 * import { networkRules } from '@ovn-docker/openstack';
 *
 * console.log(networkRules([{ method: 'GET', path: '/v2.0/ports' }]));
 * ```
 */
export function networkRules(calls: readonly NetworkCall[], endpointPath = ''): AccessRule[] {
  const prefixes = [...new Set(['', endpointPath])];
  const rules = calls.flatMap(({ method, path }) =>
    prefixes.map((prefix) => ({ service: 'network', method, path: prefix + path })),
  );
  return [...new Map(rules.map((rule) => [`${rule.method} ${rule.path}`, rule])).values()];
}

/**
 * The path of Neutron's URL in the catalog without the version, such as `/networking`; usually empty.
 *
 * @throws the errors of {@link Session.endpoint}
 *
 * @example
 * ```ts
 * import { loadCloudConfig, networkEndpointPath, Session } from '@ovn-docker/openstack';
 *
 * await using session = new Session(await loadCloudConfig({ env: process.env }));
 * console.log(await networkEndpointPath(session));
 * ```
 */
export async function networkEndpointPath(session: Pick<Session, 'endpoint'>): Promise<string> {
  const { pathname } = new URL(await session.endpoint('network'));
  return pathname.replace(/\/(v2\.0\/?)?$/, '');
}
