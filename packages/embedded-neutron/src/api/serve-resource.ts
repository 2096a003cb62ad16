import type { Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import type { Backend } from '../backend.ts';
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
export function serveResource(app: Hono<Variables>, backend: Backend, resource: Resource): void {
  const collection = `/v2.0/${resource.path}`;
  const element = `${collection}/:id`;
  const ifMatch = (context: Context) => parseIfMatch(context.req.header('If-Match'));

  // A list of thousands of ports is megabytes, and the way to a VM may be slow.
  app.get(collection, compress({ encoding: 'gzip' }), async (context) => {
    const caller = context.get('caller');
    await resource.beforeList?.(backend, caller);
    const all = resource
      .list(backend)
      .filter((item) => resource.isVisible(backend, caller, item))
      .map((item) => resource.render(backend, caller, item));
    const { items, links } = applyQuery(resource, all, new URL(context.req.url));
    return context.json({
      [resource.plural]: items,
      ...(links.length > 0 && { [`${resource.plural}_links`]: links }),
    });
  });

  app.get(element, (context) => {
    const caller = context.get('caller');
    const item = resource.render(backend, caller, visible(backend, resource, caller, idOf(context)));
    const fields = context.req.queries('fields') ?? [];
    return context.json({ [resource.singular]: fields.length > 0 ? choose(item, fields) : item });
  });

  app.post(collection, async (context) => {
    const caller = context.get('caller');
    const body = await readObject(context);
    const bulk = many(resource, body);
    const bodies = bulk ?? [one(resource, body)];
    requireWriter(caller, `create_${resource.singular}`);
    const ids = await resource.create(backend, caller, bodies);
    const made = ids.flatMap((id) => resource.find(backend, id) ?? []);
    const items = made.map((item) => resource.render(backend, caller, item));
    return context.json(bulk ? { [resource.plural]: items } : { [resource.singular]: items[0] }, 201);
  });

  const { update } = resource;
  if (update) {
    app.put(element, async (context) => {
      const caller = context.get('caller');
      const id = idOf(context);
      const body = one(resource, await readObject(context));
      visible(backend, resource, caller, id);
      requireWriter(caller, `update_${resource.singular}`);
      await update(backend, caller, id, body, ifMatch(context));
      return context.json({
        [resource.singular]: resource.render(backend, caller, visible(backend, resource, caller, id)),
      });
    });
  }

  app.delete(element, async (context) => {
    const caller = context.get('caller');
    const id = idOf(context);
    requireRevision(ifMatch(context), visible(backend, resource, caller, id));
    requireWriter(caller, `delete_${resource.singular}`);
    await resource.delete(backend, caller, id, ifMatch(context));
    return context.body(null, 204);
  });
}

/** The resource if the caller may see it. @throws NeutronError …NotFound, the same for absent and for hidden */
export function visible(backend: Backend, resource: Resource, caller: Caller, id: string): Tagged {
  const item = resource.find(backend, id);
  if (item === undefined || !resource.isVisible(backend, caller, item)) throw resource.notFound(id);
  return item;
}

/** The id in the path. */
export const idOf = (context: Context): string => context.req.param('id') ?? '';
