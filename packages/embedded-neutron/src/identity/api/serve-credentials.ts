import type { Context } from 'hono';
import { z } from 'zod';
import { KeystoneError } from '../../errors.ts';
import { readJson } from '../../http/read-json.ts';
import { renderRule } from '../access-rules.ts';
import type { ApplicationCredential } from '../application-credentials.ts';
import { parseRequest } from '../auth-request.ts';
import type { Role } from '../entities.ts';
import { isAdministrator, type Principal } from '../identity.ts';
import { description, longName } from './entities/entity-api.ts';
import { roleApi } from './entities/role.ts';
import { forbidden, type IdentityRoutes } from './identity-routes.ts';

const role = z.union([
  z.strictObject({ id: z.string().max(64) }),
  z.strictObject({ name: z.string().max(255) }),
]);
/** Identity API v3, "Application credentials": service, method and path, or the id of a rule that exists. */
const accessRule = z.union([
  z.strictObject({
    service: z.string().regex(/^[a-zA-Z0-9-]{1,64}$/),
    method: z.enum(['POST', 'GET', 'HEAD', 'PATCH', 'PUT', 'DELETE']),
    path: z.string().startsWith('/').max(225),
  }),
  z.strictObject({ id: z.string().max(64) }),
]);
const request = z.object({
  application_credential: z.strictObject({
    name: longName,
    description: description.nullish(),
    secret: z.string().min(1).max(4096).nullish(),
    expires_at: z.string().max(64).nullish(),
    roles: z.array(role).max(100).optional(),
    unrestricted: z.boolean().nullish(),
    access_rules: z.array(accessRule).max(100).optional(),
  }),
});

/**
 * Adds /v3/users/{id}/application_credentials. As in Keystone's default policy, only that user may create
 * them; admins may list, show and delete them too.
 */
export function serveCredentials({ app, identity, url, principal }: IdentityRoutes): void {
  const { credentials, directory } = identity;
  const collection = '/v3/users/:user/application_credentials';

  /** The caller, who is the user of the path; or, where admins may do the same, an admin. */
  const authorize = async (
    context: Context,
    action: string,
    { writes = false, admins = false },
  ): Promise<Principal> => {
    const caller = await principal(context);
    const restricted = writes && caller.credential !== undefined && !caller.credential.unrestricted;
    const isAllowed = caller.user.id === context.req.param('user') || (admins && isAdministrator(caller));
    if (!isAllowed || restricted) throw forbidden(action);
    return caller;
  };
  const existing = (context: Context): ApplicationCredential => {
    const id = context.req.param('id') ?? '';
    const credential = credentials.get(id);
    if (credential && credential.user_id === context.req.param('user')) return credential;
    throw new KeystoneError(404, `Could not find Application Credential: ${id}.`);
  };
  const render = (credential: ApplicationCredential) => ({
    id: credential.id,
    name: credential.name,
    description: credential.description,
    user_id: credential.user_id,
    project_id: credential.project_id,
    roles: directory.describeRoles(credential.roles).map((each) => withoutLinks(roleApi.render(each, url))),
    expires_at: credential.expires_at,
    unrestricted: credential.unrestricted,
    system: null,
    ...(credentials.rulesOf(credential) && {
      access_rules: credentials.rulesOf(credential)?.map(renderRule),
    }),
    links: { self: `${url}/v3/users/${credential.user_id}/application_credentials/${credential.id}` },
  });

  app.get(collection, async (context) => {
    await authorize(context, 'list_application_credentials', { admins: true });
    const name = context.req.query('name');
    const all = credentials
      .list(context.req.param('user'))
      .filter((each) => name === undefined || each.name === name);
    return context.json({
      application_credentials: all.map(render),
      links: { next: null, self: `${url}${context.req.path}`, previous: null },
    });
  });
  app.get(`${collection}/:id`, async (context) => {
    await authorize(context, 'get_application_credential', { admins: true });
    return context.json({ application_credential: render(existing(context)) });
  });
  app.post(collection, async (context) => {
    const caller = await authorize(context, 'create_application_credential', { writes: true });
    if (!caller.project) throw forbidden('create_application_credential');
    const { application_credential: requested } = parseRequest(
      request,
      await readJson(context),
      'application_credential',
    );
    const { credential, secret } = await credentials.create({
      name: requested.name,
      description: requested.description ?? null,
      secret: requested.secret ?? undefined,
      expires_at: expiry(requested.expires_at ?? null),
      unrestricted: requested.unrestricted ?? false,
      accessRules: requested.access_rules ?? [],
      user_id: caller.user.id,
      project_id: caller.project.id,
      roles: chooseRoles(caller.roles, requested.roles),
    });
    return context.json({ application_credential: { ...render(credential), secret } }, 201);
  });
  app.delete(`${collection}/:id`, async (context) => {
    await authorize(context, 'delete_application_credential', { writes: true, admins: true });
    await credentials.delete(existing(context).id);
    return context.body(null, 204);
  });
}

const withoutLinks = ({ links: _, ...shown }: Record<string, unknown>) => shown;

/** The ids of the requested roles, all of which the caller must have. Without a request, all of them. */
function chooseRoles(
  own: readonly Role[],
  requested: readonly z.output<typeof role>[] | undefined,
): string[] {
  if (requested === undefined || requested.length === 0) return own.map(({ id }) => id);
  return requested.map((given) => {
    const chosen = own.find((each) => ('id' in given ? each.id === given.id : each.name === given.name));
    if (chosen) return chosen.id;
    throw new KeystoneError(
      400,
      'Invalid application credential: Cannot create an application credential with unassigned role',
    );
  });
}

/**
 * Converts a time to Keystone's form, with its microseconds. A time without zone is in UTC.
 *
 * @throws KeystoneError 400
 */
function expiry(text: string | null): string | null {
  if (text === null) return null;
  const time = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) throw new KeystoneError(400, 'Timestamp not in expected format.');
  if (time <= Date.now()) throw new KeystoneError(400, "The 'expires_at' must not be before now.");
  const fraction = /\.(\d{1,6})/.exec(text)?.[1] ?? '';
  return `${new Date(time).toISOString().slice(0, 19)}.${fraction.padEnd(6, '0')}`;
}
