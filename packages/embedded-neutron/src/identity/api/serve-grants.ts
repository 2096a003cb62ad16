import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import type { Grant, Scope } from '../grants.ts';
import { SYSTEM } from '../grants.ts';
import { answerList } from './answer-list.ts';
import { roleApi } from './entities/role.ts';
import { type IdentityRoutes, requireAdmin } from './identity-routes.ts';

/** The paths of the scopes on which roles can be assigned. */
const PATHS = { project: '/v3/projects/:scope', domain: '/v3/domains/:scope', system: '/v3/system' } as const;

/**
 * Adds PUT, GET, HEAD and DELETE of a user's roles in a project, in a domain and in the system, for admins.
 * There are no groups, so that a group is never found.
 */
export function serveGrants(routes: IdentityRoutes): void {
  for (const kind of ['project', 'domain', 'system'] as const) serveGrantsOn(routes, kind);
}

function serveGrantsOn({ app, identity, url, principal }: IdentityRoutes, kind: Scope['kind']): void {
  const { directory } = identity;
  const path = PATHS[kind];

  const scopeOf = (context: Context): Scope =>
    kind === 'system' ? SYSTEM : { kind, id: context.req.param('scope') ?? '' };
  const requireScope = ({ id }: Scope) => {
    if (kind === 'project') directory.projects.require(id);
    if (kind === 'domain') directory.domains.require(id);
  };
  /** The assignment that a path names. Throws 404 if user, role or scope do not exist. */
  const grantOf = (context: Context): Grant => {
    const scope = scopeOf(context);
    requireScope(scope);
    return {
      userId: directory.users.require(context.req.param('user') ?? '').id,
      scope,
      roleId: directory.roles.require(context.req.param('role') ?? '').id,
    };
  };
  const requireGrant = (grant: Grant): Grant => {
    if (directory.grants.has(grant)) return grant;
    throw new KeystoneError(
      404,
      `Could not find role assignment with role: ${grant.roleId}, user or group: ${grant.userId}, project, domain, or system: ${grant.scope.id}.`,
    );
  };
  const administrator = async (context: Context, action: string) =>
    requireAdmin(
      await principal(context),
      kind === 'system' ? action.replace('_grant', '_system_grant') : action,
    );

  app.get(`${path}/users/:user/roles`, async (context) => {
    await administrator(context, 'list_grants');
    const scope = scopeOf(context);
    requireScope(scope);
    const { id } = directory.users.require(context.req.param('user') ?? '');
    const assigned = directory.grants
      .of(id)
      .filter((grant) => grant.scope.kind === scope.kind && grant.scope.id === scope.id);
    const roles = directory.describeRoles(assigned.map(({ roleId }) => roleId));
    return answerList(
      context,
      url,
      'roles',
      roles.map((role) => roleApi.render(role, url)),
      ['name'],
    );
  });
  app.get(`${path}/users/:user/roles/:role`, async (context) => {
    await administrator(context, 'check_grant');
    requireGrant(grantOf(context));
    return context.body(null, 204);
  });
  app.put(`${path}/users/:user/roles/:role`, async (context) => {
    await administrator(context, 'create_grant');
    await identity.nb.change((tx) => directory.grants.add(tx, grantOf(context)));
    return context.body(null, 204);
  });
  app.delete(`${path}/users/:user/roles/:role`, async (context) => {
    await administrator(context, 'revoke_grant');
    await identity.nb.change((tx) => directory.grants.remove(tx, requireGrant(grantOf(context))));
    return context.body(null, 204);
  });
  app.all(`${path}/groups/:group/*`, async (context) => {
    await administrator(context, 'list_grants');
    throw new KeystoneError(404, `Could not find group: ${context.req.param('group')}.`);
  });
}
