import type { Context } from 'hono';
import { tags as tagList } from '../attributes/validators.ts';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { isStorable } from '../http/read-json.ts';
import { owns, requireWriter } from '../policy/caller.ts';
import { readObject } from './read-body.ts';
import type { Resource } from './resource.ts';
import type { Routes } from './routes.ts';
import { idOf } from './serve-resource.ts';

/** Adds the routes for the tags of one kind of resource (extension `standard-attr-tag`). */
export function serveTags(routes: Routes, backend: Backend, resource: Resource): void {
  const { singular, retag } = resource;
  if (retag === undefined) return;
  const all = `/v2.0/${resource.path}/:id/tags`;
  const single = `${all}/:tag`;

  const tagsOf = (context: Context) => resource.visible(backend, context.get('caller'), idOf(context)).tags;

  /** Passes the item's current tags to `edit` and stores the tags that it returns. */
  const change = (context: Context, edit: (before: readonly string[]) => readonly string[]) => {
    const [caller, id] = [context.get('caller'), idOf(context)];
    requireWriter(caller, `update_${singular}`);
    return backend.nb.change(
      (tx) => {
        const item = resource.visible(backend, caller, id);
        if (!owns(caller, item)) throw neutronError('PolicyNotAuthorized', `rule:update_${singular}_tags`);
        retag(backend, tx, id, [...new Set(edit(item.tags))].sort());
      },
      { shared: resource.shared ?? false, signal: context.req.raw.signal },
    );
  };

  routes.get(all, (context) => context.json({ tags: tagsOf(context) }));
  routes.put(all, async (context) => {
    const parsed = tagList.safeParse((await readObject(context))['tags']);
    if (!parsed.success)
      throw neutronError('HTTPBadRequest', 'Invalid input for tags. Reason: it is not a list of strings.');
    await change(context, () => parsed.data);
    return context.json({ tags: parsed.data });
  });
  routes.delete(all, async (context) => {
    await change(context, () => []);
    return context.body(null, 204);
  });
  routes.post(all, () => {
    throw neutronError('HTTPNotFound', 'not supported');
  });

  routes.get(single, (context) => {
    requireTag(tagsOf(context), tagOf(context));
    return context.body(null, 204);
  });
  routes.put(single, async (context) => {
    const tag = tagOf(context);
    requireStorable(tag);
    await change(context, (before) => [...before, tag]);
    return context.body(null, 201);
  });
  routes.delete(single, async (context) => {
    const tag = tagOf(context);
    await change(context, (before) => {
      requireTag(before, tag);
      return before.filter((other) => other !== tag);
    });
    return context.body(null, 204);
  });
}

function requireTag(tags: readonly string[], tag: string): void {
  if (!tags.includes(tag)) throw neutronError('TagNotFound', tag);
}

function requireStorable(tag: string): void {
  if (isStorable(tag) && tag.length <= 255) return;
  throw neutronError('HTTPBadRequest', `Invalid input for tag. Reason: '${tag}' is not a valid tag.`);
}

const tagOf = (context: Context): string => context.req.param('tag') ?? '';
