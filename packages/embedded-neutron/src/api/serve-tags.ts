import type { Context, Hono } from 'hono';
import { tags as tagList } from '../attributes/validators.ts';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { isStorable } from '../http/read-json.ts';
import { type Caller, owns, requireWriter } from '../policy/caller.ts';
import { readObject } from './read-body.ts';
import type { Resource } from './resource.ts';
import { idOf, type Variables, visible } from './serve-resource.ts';

/** Adds the tag calls of one kind of resource (extension `standard-attr-tag`). */
export function serveTags(app: Hono<Variables>, backend: Backend, resource: Resource): void {
  const { retag } = resource;
  if (retag === undefined) return;
  const all = `/v2.0/${resource.path}/:id/tags`;
  const single = `${all}/:tag`;

  /** Replaces the tags by what `choose` makes of them. */
  const change = (caller: Caller, id: string, choose: (before: readonly string[]) => readonly string[]) => {
    requireWriter(caller, `update_${resource.singular}`);
    return backend.nb.change((tx) => {
      const item = visible(backend, resource, caller, id);
      if (!owns(caller, item))
        throw neutronError('PolicyNotAuthorized', `rule:update_${resource.singular}_tags`);
      const after = choose(item.tags);
      retag(backend, tx, item, [...new Set(after)].sort());
      return after;
    });
  };

  app.get(all, (context) => {
    const item = visible(backend, resource, context.get('caller'), idOf(context));
    return context.json({ tags: item.tags });
  });
  app.put(all, async (context) => {
    const parsed = tagList.safeParse((await readObject(context))['tags']);
    if (!parsed.success)
      throw neutronError('HTTPBadRequest', 'Invalid input for tags. Reason: it is not a list of strings.');
    await change(context.get('caller'), idOf(context), () => parsed.data);
    return context.json({ tags: parsed.data });
  });
  app.delete(all, async (context) => {
    await change(context.get('caller'), idOf(context), () => []);
    return context.body(null, 204);
  });
  app.post(all, () => {
    throw neutronError('HTTPNotFound', 'not supported');
  });

  app.get(single, (context) => {
    const [id, tag] = [idOf(context), tagOf(context)];
    requireTag(visible(backend, resource, context.get('caller'), id).tags, tag);
    return context.body(null, 204);
  });
  app.put(single, async (context) => {
    const [id, tag] = [idOf(context), tagOf(context)];
    requireStorable(tag);
    await change(context.get('caller'), id, (before) => [...before, tag]);
    return context.body(null, 201);
  });
  app.delete(single, async (context) => {
    const [id, tag] = [idOf(context), tagOf(context)];
    await change(context.get('caller'), id, (before) => {
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
