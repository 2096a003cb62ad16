import type { Context } from 'hono';
import { Invalid, type Parse } from '../attributes/parse.ts';
import { isObject, tags as tagList, text } from '../attributes/validators.ts';
import type { Backend } from '../backend.ts';
import { NeutronError, neutronError } from '../errors.ts';
import { isStorable } from '../http/read-json.ts';
import { type Caller, owns, requireWriter } from '../policy/caller.ts';
import { parseBody } from './read-body.ts';
import type { Resource } from './resource.ts';
import type { Routes } from './routes.ts';
import { idOf } from './serve-resource.ts';

/** Adds the routes for the tags of one kind of resource (extension `standard-attr-tag`). */
export function serveTags(routes: Routes, backend: Backend, resource: Resource): void {
  const { singular, retag, path } = resource;
  if (retag === undefined) return;
  const all = `/v2.0/${path}/:id/tags`;
  const single = `${all}/:tag`;

  /** The item, if the caller may see it. @throws NeutronError TagResourceNotFound */
  const visible = (caller: Caller, id: string) => {
    try {
      return resource.visible(backend, caller, id);
    } catch (error) {
      if (!(error instanceof NeutronError)) throw error;
      throw neutronError('TagResourceNotFound', path.replaceAll('-', '_'), id);
    }
  };
  const tagsOf = (context: Context) => visible(context.get('caller'), idOf(context)).tags;

  /** Passes the item's current tags to `edit` and stores the tags that it returns. */
  const change = (context: Context, edit: (before: readonly string[]) => readonly string[]) => {
    const [caller, id] = [context.get('caller'), idOf(context)];
    requireWriter(caller, `update_${singular}`);
    return backend.nb.change(
      (tx) => {
        const item = visible(caller, id);
        if (!owns(caller, item)) throw neutronError('PolicyNotAuthorized', `rule:update_${singular}_tags`);
        const edited = [...new Set(edit(item.tags))].sort();
        retag(backend, tx, id, orInvalid(tagList, edited));
      },
      { shared: resource.shared ?? false, signal: context.req.raw.signal },
    );
  };

  // As in Neutron, a PATCH reads.
  routes.on(['GET', 'PATCH'], all, (context) => context.json({ tags: tagsOf(context) }));
  routes.put(all, async (context) => {
    const tags = parseTags(await context.req.arrayBuffer());
    await change(context, () => tags);
    return context.json({ tags });
  });
  routes.delete(all, async (context) => {
    await change(context, () => []);
    return context.body(null, 204);
  });
  routes.post(all, () => {
    throw neutronError('HTTPNotFound', 'not supported');
  });

  routes.get(single, (context) => {
    const tag = tagOf(context);
    requireTag(tagsOf(context), tag);
    return context.body(null, 204);
  });
  routes.put(single, async (context) => {
    const tag = tagOf(context);
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

/** Reads `{tags: […]}`. @throws NeutronError HTTPBadRequest, InvalidInput */
function parseTags(bytes: ArrayBuffer): readonly string[] {
  const body = bytes.byteLength === 0 ? undefined : parseBody(bytes);
  if (!isObject(body) || !Object.hasOwn(body, 'tags')) throw invalid('Invalid tags body');
  return orInvalid(tagList, body['tags']);
}

/** The `:tag` of the request's path. @throws NeutronError InvalidInput, HTTPNotFound */
function tagOf(context: Context): string {
  const tag = orInvalid(text(255), context.req.param('tag'));
  // The path of a tag has one segment, also in its encoded form.
  if (tag.includes('/')) throw neutronError('HTTPNotFound');
  if (!isStorable(tag)) throw invalid(`'${tag}' is not a valid tag`);
  return tag;
}

/** Reads a value whose refusal does not name an attribute. @throws NeutronError InvalidInput */
function orInvalid<T>(parse: Parse<T>, value: unknown): T {
  try {
    return parse(value);
  } catch (error) {
    throw error instanceof Invalid ? invalid(error.message) : error;
  }
}

const invalid = (message: string) => neutronError('InvalidInput', message);
