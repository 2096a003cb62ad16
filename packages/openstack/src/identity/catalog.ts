import type { EndpointInterface } from '../config/cloud-config.ts';
import { OpenStackCatalogError } from '../errors.ts';
import { withoutTrailingSlashes } from '../http/slashes.ts';
import type { CatalogEndpoint, KeystoneToken } from './types.ts';

/** Selects one of a service's endpoints. */
export interface EndpointChoice {
  /** Any region if undefined. */
  readonly region?: string | undefined;
  /** The first of several that the catalog has. Default `public`. */
  readonly interface?: EndpointInterface | readonly EndpointInterface[] | undefined;
}

/**
 * Returns the URL of a service from the token's catalog, without a trailing slash. The catalog's URL of the
 * network service usually lacks `/v2.0` (Identity API v3, "Service catalog and endpoints").
 *
 * @param serviceType for example `network`
 * @throws {OpenStackCatalogError} OPENSTACK_UNSCOPED_TOKEN, OPENSTACK_NO_ENDPOINT
 */
export function findEndpoint(token: KeystoneToken, serviceType: string, choice: EndpointChoice): string {
  const { catalog } = token;
  if (catalog === undefined || catalog.length === 0) {
    throw new OpenStackCatalogError(
      'OPENSTACK_UNSCOPED_TOKEN',
      'the token has no service catalog, because it is not scoped to a project',
    );
  }
  const endpoints = catalog.filter((entry) => entry.type === serviceType).flatMap((entry) => entry.endpoints);
  const interfaces = [choice.interface ?? 'public'].flat();
  const [match] = interfaces.flatMap((name) =>
    endpoints.filter((endpoint) => endpoint.interface === name && isIn(endpoint, choice.region)),
  );
  if (match !== undefined) return withoutTrailingSlashes(match.url);
  const where = choice.region === undefined ? '' : ` in region ${choice.region}`;
  const known = endpoints.map((endpoint) => `${endpoint.interface} in ${regionOf(endpoint)}`).join(', ');
  throw new OpenStackCatalogError(
    'OPENSTACK_NO_ENDPOINT',
    `the catalog has no ${interfaces.join(' or ')} endpoint of the ${serviceType} service${where}; it has ${known || 'none at all'}`,
  );
}

function isIn(endpoint: CatalogEndpoint, region: string | undefined): boolean {
  return region === undefined || regionOf(endpoint) === region;
}

function regionOf(endpoint: CatalogEndpoint): string {
  return endpoint.region_id ?? endpoint.region ?? '';
}
