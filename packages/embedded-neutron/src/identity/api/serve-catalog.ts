import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import { answerList } from './answer-list.ts';
import { forbidden, type IdentityRoutes, requireAdmin } from './identity-routes.ts';

/**
 * Adds the catalog, and for admins its regions, services and endpoints. The configuration file defines them,
 * so that they cannot be changed.
 */
export function serveCatalog({ app, catalog, url, principal }: IdentityRoutes): void {
  const services = catalog.map(({ id, type, name }) => ({
    id,
    type,
    name,
    enabled: true,
    links: { self: `${url}/v3/services/${id}` },
  }));
  const endpoints = catalog.flatMap((service) =>
    service.endpoints.map((endpoint) => ({
      ...endpoint,
      service_id: service.id,
      enabled: true,
      links: { self: `${url}/v3/endpoints/${endpoint.id}` },
    })),
  );
  const regions = [...new Set(endpoints.map(({ region_id }) => region_id))].map((id) => ({
    id,
    description: '',
    parent_region_id: null,
    links: { self: `${url}/v3/regions/${id}` },
  }));

  const serve = (
    singular: string,
    items: readonly { readonly id: string }[],
    filters: readonly string[],
    isPublic = false,
  ) => {
    const plural = `${singular}s`;
    const allow = async (context: Context, action: string) => {
      const caller = await principal(context);
      if (!isPublic) requireAdmin(caller, action);
    };
    app.get(`/v3/${plural}`, async (context) => {
      await allow(context, `list_${plural}`);
      return answerList(context, url, plural, items, filters);
    });
    app.get(`/v3/${plural}/:id`, async (context) => {
      await allow(context, `get_${singular}`);
      const id = context.req.param('id');
      const item = items.find((each) => each.id === id);
      if (item === undefined) throw new KeystoneError(404, `Could not find ${singular}: ${id}.`);
      return context.json({ [singular]: item });
    });
    app.on(['POST', 'PATCH', 'PUT', 'DELETE'], [`/v3/${plural}`, `/v3/${plural}/:id`], async (context) => {
      requireAdmin(await principal(context), `update_${singular}`);
      throw new KeystoneError(
        403,
        `The configuration file of embedded-neutron defines the ${plural}: they cannot be changed over the API.`,
      );
    });
  };
  serve('service', services, ['type', 'name']);
  serve('endpoint', endpoints, ['interface', 'service_id', 'region_id']);
  // As in Keystone, every user may see the regions.
  serve('region', regions, ['parent_region_id'], true);

  app.get('/v3/auth/catalog', async (context) => {
    const { scope } = await principal(context);
    if (!scope) throw forbidden('get_auth_catalog');
    return context.json({ catalog, links: { self: `${url}/v3/auth/catalog` } });
  });
}
