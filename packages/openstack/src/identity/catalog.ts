import type { EndpointInterface } from '../config/cloud-config.ts';
import { OpenStackCatalogError } from '../errors.ts';
import type { CatalogEndpoint, KeystoneToken } from './types.ts';

/** Which endpoint of a service is wanted. */
export interface EndpointChoice {
  readonly region?: string | undefined;
  readonly interface?: EndpointInterface | undefined;
}

/**
 * URL of a service in the token's catalog, without a slash at its end. In the catalog the network service has no
 * `/v2.0`.
 *
 * @param serviceType for instance `network`
 * @throws {OpenStackCatalogError}
 */
export function findEndpoint(token: KeystoneToken, serviceType: string, choice: EndpointChoice): string {
  const { catalog } = token;
  if (catalog === undefined || catalog.length === 0) {
    throw new OpenStackCatalogError(
      'OPENSTACK_UNSCOPED_TOKEN',
      'the token has no service catalog, for it is not scoped to a project',
    );
  }
  const endpoints = catalog.filter((entry) => entry.type === serviceType).flatMap((entry) => entry.endpoints);
  const wanted = choice.interface ?? 'public';
  const found = endpoints.find((endpoint) => endpoint.interface === wanted && isIn(endpoint, choice.region));
  if (found !== undefined) return found.url.replace(/\/+$/, '');
  const where = choice.region === undefined ? '' : ` in region ${choice.region}`;
  const known = endpoints.map((endpoint) => `${endpoint.interface} in ${regionOf(endpoint)}`).join(', ');
  throw new OpenStackCatalogError(
    'OPENSTACK_NO_ENDPOINT',
    `the catalog has no ${wanted} endpoint of the ${serviceType} service${where}; it has ${known || 'none at all'}`,
  );
}

function isIn(endpoint: CatalogEndpoint, region: string | undefined): boolean {
  return region === undefined || regionOf(endpoint) === region;
}

function regionOf(endpoint: CatalogEndpoint): string {
  return endpoint.region_id ?? endpoint.region ?? '';
}
