import type { Context } from 'hono';
import { compress } from 'hono/compress';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { requireWriter } from '../policy/caller.ts';
import { parseIfMatch, requireRevision } from '../policy/revision.ts';
import { choose, listPage } from './list-query.ts';
import {
  changedByExtension,
  changeOf,
  createdByExtension,
  many,
  mentions,
  one,
  parseForExtension,
  readObject,
  refuseBody,
} from './read-body.ts';
import type { Resource } from './resource.ts';
import type { Routes } from './routes.ts';
import { sendList } from './send-list.ts';

/** Adds the routes to list, show, create (single or bulk), update and delete one kind of resource. */
export function serveResource(routes: Routes, backend: Backend, resource: Resource): void {
  const { singular, plural } = resource;
  const collection = `/v2.0/${resource.path}`;
  const element = `${collection}/:id`;
  const ifMatch = (context: Context) => parseIfMatch(context.req.header('If-Match'));
  // As in Neutron, the core serves the paths of extensions with a slash at the end.
  const isByExtension = ({ req }: Context) =>
    resource.byExtension === true && !new URL(req.url).pathname.endsWith('/');

  // A list of thousands of ports has megabytes, and the network between VM and service may be slow.
  routes.get(collection, compress({ encoding: 'gzip' }), async (context) => {
    ifMatch(context);
    const caller = context.get('caller');
    const { items, links } = await listPage({ resource, backend }, caller, new URL(context.req.url));
    return sendList(context, plural, items, links.length > 0 ? { [`${plural}_links`]: links } : {});
  });

  routes.get(element, async (context) => {
    ifMatch(context);
    const item = await resource.show(backend, context.get('caller'), idOf(context));
    const fields = context.req.queries('fields') ?? [];
    return context.json({ [singular]: fields.length > 0 ? choose(item, fields) : item });
  });

  routes.post(collection, async (context) => {
    const caller = context.get('caller');
    const body = isByExtension(context)
      ? createdByExtension(await parseForExtension(context))
      : await readObject(context);
    const bulk = many(resource, body);
    const bodies = bulk ?? [one(resource, body)];
    ifMatch(context);
    requireWriter(caller, `create_${singular}`);
    const items = await resource.create(backend, caller, bodies, context.req.raw.signal);
    return bulk ? sendList(context, plural, items, {}, 201) : context.json({ [singular]: items[0] }, 201);
  });

  // As in Neutron, the body is checked first, then the header, and only then whether there is such an item.
  routes.put(element, async (context) => {
    const caller = context.get('caller');
    const id = idOf(context);
    const body = isByExtension(context)
      ? changedByExtension(await parseForExtension(context))
      : await readObject(context);
    if (!isByExtension(context) && !mentions(resource, body)) {
      ifMatch(context);
      resource.visible(backend, caller, id);
    }
    const edit = resource.edit(changeOf(resource, body), caller);
    const revision = ifMatch(context);
    if (edit === undefined) {
      resource.visible(backend, caller, id);
      throw neutronError('HTTPMethodNotAllowed');
    }
    await edit(backend, { caller, id, revision, signal: context.req.raw.signal });
    return context.json({ [singular]: await resource.show(backend, caller, id) });
  });

  routes.delete(element, async (context) => {
    const caller = context.get('caller');
    const { signal } = context.req.raw;
    if (isByExtension(context)) {
      await parseForExtension(context);
      await refuseBody(context);
    }
    const request = { caller, id: idOf(context), revision: ifMatch(context), signal };
    const item = resource.visible(backend, request.caller, request.id);
    requireWriter(request.caller, `delete_${singular}`);
    await refuseBody(context);
    requireRevision(request.revision, item);
    await resource.delete(backend, request);
    return context.body(null, 204);
  });
}

/** The `:id` of the request's path. */
export const idOf = (context: Context): string => context.req.param('id') ?? '';
