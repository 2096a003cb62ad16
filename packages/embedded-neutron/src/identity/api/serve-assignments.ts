import { KeystoneError } from '../../errors.ts';
import type { Directory } from '../directory.ts';
import type { Domain, Project, User } from '../entities.ts';
import type { Grant } from '../grants.ts';
import { type IdentityRoutes, requireAdmin } from './identity-routes.ts';

/** Query keys of which a request may have only one. */
const EXCLUSIVE = [
  ['scope.domain.id', 'scope.project.id'],
  ['scope.domain.id', 'scope.system'],
  ['scope.project.id', 'scope.system'],
  ['user.id', 'group.id'],
] as const;

/** Adds GET /v3/role_assignments and the inferences of roles, for admins. */
export function serveAssignments({ app, identity, url, principal }: IdentityRoutes): void {
  const { directory } = identity;

  app.get('/v3/role_assignments', async (context) => {
    const caller = await principal(context);
    requireAdmin(caller, 'list_role_assignments');
    const query = context.req.query();
    for (const [one, other] of EXCLUSIVE) {
      if (query[one] && query[other]) throw new KeystoneError(400, `Specify ${one} or ${other}, not both`);
    }
    const userId = query['user.id'];
    // There are no groups and no inherited assignments.
    const isEmpty = Boolean(query['group.id']) || 'scope.OS-INHERIT:inherited_to' in query;
    const all = userId ? directory.grants.of(userId) : directory.grants.list();
    const effective = isTrue(query['effective']) ? all.flatMap((grant) => expand(directory, grant)) : all;
    const selected = effective.filter(
      ({ scope, roleId }) =>
        (!query['role.id'] || roleId === query['role.id']) &&
        (!query['scope.project.id'] ||
          (scope.kind === 'project' && scope.id === query['scope.project.id'])) &&
        (!query['scope.domain.id'] || (scope.kind === 'domain' && scope.id === query['scope.domain.id'])) &&
        (!query['scope.system'] || scope.kind === 'system'),
    );
    const withNames = isTrue(query['include_names']);
    const list = isEmpty ? [] : selected.flatMap((grant) => render(directory, grant, withNames, url) ?? []);
    return context.json({
      role_assignments: list,
      links: {
        next: null,
        self: `${url}${context.req.path}${new URL(context.req.url).search}`,
        previous: null,
      },
    });
  });

  app.get('/v3/role_inferences', async (context) => {
    requireAdmin(await principal(context), 'list_role_inference_rules');
    const describe = (id: string) => {
      const name = directory.roles.get(id)?.name ?? '';
      return { id, name, links: { self: `${url}/v3/roles/${id}` } };
    };
    const rules = directory.roles.list().flatMap(({ id }) => {
      const implied = directory.impliedBy(id).slice(0, 1);
      return implied.length === 0 ? [] : { prior_role: describe(id), implies: implied.map(describe) };
    });
    return context.json({ role_inferences: rules });
  });
}

/** Keystone takes every value but `0` for true, also none. */
const isTrue = (value: string | undefined): boolean => value !== undefined && value !== '0';

/** An assignment, and those of the roles that its role implies. */
function expand(directory: Directory, grant: Grant): Grant[] {
  return [grant, ...directory.impliedBy(grant.roleId).map((roleId) => ({ ...grant, roleId }))];
}

/** An assignment as Keystone returns it. Undefined if a part of it was just deleted. */
function render(directory: Directory, { userId, scope, roleId }: Grant, withNames: boolean, url: string) {
  const user = directory.users.get(userId);
  const role = directory.roles.get(roleId);
  const project = scope.kind === 'project' ? directory.projects.get(scope.id) : undefined;
  const inScope = scope.kind === 'domain' ? directory.domains.get(scope.id) : undefined;
  if (!user || !role || (scope.kind !== 'system' && !project && !inScope)) return undefined;
  const domain = (id: string) => ({ id, name: directory.domains.get(id)?.name ?? '' });
  const inDomain = (item: Project | User) => ({
    id: item.id,
    ...(withNames && { name: item.name, domain: domain(item.domain_id) }),
  });
  const ofDomain = ({ id, name }: Domain) => ({ id, ...(withNames && { name }) });
  const target = project ? inDomain(project) : inScope ? ofDomain(inScope) : { all: true };
  const path = scope.kind === 'system' ? 'system' : `${scope.kind}s/${scope.id}`;
  return {
    scope: { [scope.kind]: target },
    user: inDomain(user),
    role: { id: role.id, ...(withNames && { name: role.name }) },
    links: { assignment: `${url}/v3/${path}/users/${userId}/roles/${roleId}` },
  };
}
