import type { Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import type { Cloud } from '../cloud.ts';
import { type Caller, requireWriter } from '../policy/caller.ts';
import { parseIfMatch, requireRevision } from '../policy/revision.ts';
import { applyQuery, choose } from './list-query.ts';
import { many, one, readObject } from './read-body.ts';
import type { Resource, Tagged } from './resource.ts';

/** What the gate puts into the context of each request. */
export interface Variables {
  readonly Variables: { caller: Caller };
}

/** Adds list, show, create (one and bulk), update and delete of one kind of resource. */
export function serveResource(app: Hono<Variables>, cloud: Cloud, resource: Resource): void {
  const collection = `/v2.0/${resource.path}`;
  const element = `${collection}/:id`;
  const ifMatch = (context: Context) => parseIfMatch(context.req.header('If-Match'));

  // A list of thousands of ports is megabytes, and the way to a VM may be slow.
  app.get(collection, compress({ encoding: 'gzip' }), async (context) => {
    const caller = context.get('caller');
    await resource.beforeList?.(cloud, caller);
    const all = resource
      .list(cloud)
      .filter((item) => resource.isVisible(cloud, caller, item))
      .map((item) => resource.render(cloud, caller, item));
    const { items, links } = applyQuery(resource, all, new URL(context.req.url));
    return context.json({
      [resource.plural]: items,
      ...(links.length > 0 && { [`${resource.plural}_links`]: links }),
    });
  });

  app.get(element, (context) => {
    const caller = context.get('caller');
    const item = resource.render(cloud, caller, visible(cloud, resource, caller, idOf(context)));
    const fields = context.req.queries('fields') ?? [];
    return context.json({ [resource.singular]: fields.length > 0 ? choose(item, fields) : item });
  });

  app.post(collection, async (context) => {
    const caller = context.get('caller');
    const body = await readObject(context);
    const bulk = many(resource, body);
    const bodies = bulk ?? [one(resource, body)];
    requireWriter(caller, `create_${resource.singular}`);
    const ids = await resource.create(cloud, caller, bodies);
    const made = ids.flatMap((id) => resource.find(cloud, id) ?? []);
    const items = made.map((item) => resource.render(cloud, caller, item));
    return context.json(bulk ? { [resource.plural]: items } : { [resource.singular]: items[0] }, 201);
  });

  const { update } = resource;
  if (update) {
    app.put(element, async (context) => {
      const caller = context.get('caller');
      const id = idOf(context);
      const body = one(resource, await readObject(context));
      visible(cloud, resource, caller, id);
      requireWriter(caller, `update_${resource.singular}`);
      await update(cloud, caller, id, body, ifMatch(context));
      return context.json({
        [resource.singular]: resource.render(cloud, caller, visible(cloud, resource, caller, id)),
      });
    });
  }

  app.delete(element, async (context) => {
    const caller = context.get('caller');
    const id = idOf(context);
    requireRevision(ifMatch(context), visible(cloud, resource, caller, id));
    requireWriter(caller, `delete_${resource.singular}`);
    await resource.delete(cloud, caller, id, ifMatch(context));
    return context.body(null, 204);
  });
}

/** The resource if the caller may see it. @throws NeutronError …NotFound, the same for absent and for hidden */
export function visible(cloud: Cloud, resource: Resource, caller: Caller, id: string): Tagged {
  const item = resource.find(cloud, id);
  if (item === undefined || !resource.isVisible(cloud, caller, item)) throw resource.notFound(id);
  return item;
}

/** The id in the path. */
export const idOf = (context: Context): string => context.req.param('id') ?? '';
