import { derivedId } from './directory.ts';

/** A service with its endpoints, as tokens contain it. */
export interface CatalogEntry {
  readonly endpoints: readonly {
    readonly id: string;
    readonly interface: string;
    readonly region_id: string;
    readonly url: string;
    readonly region: string;
  }[];
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/**
 * The catalog: the identity and the network service with each interface. As in OpenStack, the network URL has
 * no `/v2.0`.
 */
export function makeCatalog(
  urls: { readonly identity: string; readonly network: string },
  region: string,
): CatalogEntry[] {
  const service = (type: string, name: string, url: string): CatalogEntry => ({
    endpoints: ['public', 'internal', 'admin'].map((face) => ({
      id: derivedId('endpoint', `${type} ${face}`),
      interface: face,
      region_id: region,
      url,
      region,
    })),
    id: derivedId('service', type),
    type,
    name,
  });
  return [
    service('identity', 'keystone', `${urls.identity}/v3`),
    service('network', 'neutron', urls.network),
  ];
}
