import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import { clientAddress } from '../../http/client-address.ts';
import type { Entity } from '../entities.ts';
import { isAdministrator, type Principal } from '../identity.ts';
import { hashPassword } from '../password.ts';
import { answerList } from './answer-list.ts';
import type { Change, EntityApi } from './entities/entity-api.ts';
import { type IdentityRoutes, requireAdmin } from './identity-routes.ts';
import { readMember } from './read-member.ts';

/**
 * Adds the routes to list, show, create, update and delete one kind of object. Admins may use all of them;
 * others see only what {@link EntityApi.mayRead} allows.
 */
export function serveEntities<T extends Entity>(routes: IdentityRoutes, api: EntityApi<T>): void {
  const { app, identity, url, principal } = routes;
  const { singular, plural } = api;
  const path = `/v3/${plural}`;
  const store = api.store(identity);

  const administrator = async (context: Context, action: string): Promise<Principal> => {
    const caller = await principal(context);
    requireAdmin(caller, `${action}_${singular}`);
    return caller;
  };
  const changeOf = (context: Context, caller: Principal): Change => ({
    identity,
    caller,
    hash: (password) =>
      identity.logins.work({ address: clientAddress(context), name: caller.user.id }, () =>
        hashPassword(password),
      ),
  });

  app.get(path, async (context) => {
    const caller = await principal(context);
    requireAdmin(caller, `list_${plural}`);
    const { name, domain_id: domain } = context.req.query();
    const inDomain = caller.scope?.kind === 'domain' ? caller.scope.id : undefined;
    const items = (domain === undefined || plural === 'roles' ? store.list() : store.owned(domain))
      .filter((item) => name === undefined || item.name === name)
      .filter((item) => inDomain === undefined || (api.domainOf(item) ?? inDomain) === inDomain);
    return answerList(
      context,
      url,
      plural,
      items.filter(tagFilter(context)).map((item) => api.render(item, url)),
      api.filters,
    );
  });
  app.get(`${path}/:id`, async (context) => {
    const caller = await principal(context);
    const id = context.req.param('id');
    if (!isAdministrator(caller) && !api.mayRead(identity, caller, id))
      requireAdmin(caller, `get_${singular}`);
    return context.json({ [singular]: api.render(store.require(id), url) });
  });
  app.post(path, async (context) => {
    const caller = await administrator(context, 'create');
    const id = randomUUID().replaceAll('-', '');
    const item = await api.make(changeOf(context, caller), id, await readMember(context, singular));
    await identity.nb.change((tx) => {
      // Another replica may have deleted the domain since the request was checked.
      const domain = api.domainOf(item);
      if (domain !== undefined && domain !== id) identity.directory.domains.require(domain);
      store.insert(tx, item);
    });
    return context.json({ [singular]: api.render(item, url) }, 201);
  });
  app.patch(`${path}/:id`, async (context) => {
    const caller = await administrator(context, 'update');
    const id = context.req.param('id');
    // As in Keystone, the body of a project is checked before there must be such a project.
    if (singular !== 'project') store.require(id);
    const body = await readMember(context, singular);
    const apply = await api.change(changeOf(context, caller), withoutId(body, singular, id));
    store.require(id);
    store.requireStored(id, 'changed');
    const changed = await identity.nb.change((tx) => {
      const before = store.require(id);
      const after = apply(before);
      store.update(tx, after);
      api.onChange?.(tx, identity, before, after);
      return after;
    });
    return context.json({ [singular]: api.render(changed, url) });
  });
  app.delete(`${path}/:id`, async (context) => {
    await administrator(context, 'delete');
    const id = context.req.param('id');
    await identity.nb.change((tx) => api.delete(tx, identity, store.require(id)));
    return context.body(null, 204);
  });
}

/** The attributes of a change without the id, which may be repeated. @throws KeystoneError 400 */
function withoutId(body: unknown, singular: string, id: string): unknown {
  // As in Keystone, the id of a domain is ignored.
  if (typeof body !== 'object' || body === null || !('id' in body) || singular === 'domain') return body;
  const { id: given, ...rest } = body;
  if (given !== id) throw new KeystoneError(400, `Cannot change ${singular} ID`);
  return rest;
}

/** Tags in a query; a project has no more. */
const MAX_TAGS = 80;

/**
 * Makes the filter by `tags`, `tags-any`, `not-tags` and `not-tags-any` of a query.
 *
 * @throws KeystoneError 400 for too many tags
 */
function tagFilter(context: Context): (item: object) => boolean {
  const read = (key: string) => {
    const given = context.req.query(key)?.split(',');
    if (given && given.length > MAX_TAGS) throw new KeystoneError(400, `The query has too many ${key}.`);
    return given;
  };
  const [all, any, notAll, notAny] = [read('tags'), read('tags-any'), read('not-tags'), read('not-tags-any')];
  if (!all && !any && !notAll && !notAny) return () => true;
  return (item) => {
    if (!('tags' in item) || !Array.isArray(item.tags)) return true;
    const present = new Set<unknown>(item.tags);
    const isPresent = (tag: string) => present.has(tag);
    return (
      (all?.every(isPresent) ?? true) &&
      (any?.some(isPresent) ?? true) &&
      !(notAll?.every(isPresent) ?? false) &&
      !(notAny?.some(isPresent) ?? false)
    );
  };
}
