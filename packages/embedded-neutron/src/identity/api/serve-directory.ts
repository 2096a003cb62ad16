import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import type { Directory, Project, User } from '../directory.ts';
import type { Principal } from '../identity.ts';
import { forbidden, type IdentityRoutes } from './identity-routes.ts';

/** A project as Keystone returns it. */
export function renderProject(directory: Directory, project: Project, url: string) {
  return {
    id: project.id,
    name: project.name,
    domain_id: directory.domain.id,
    description: project.description,
    enabled: true,
    parent_id: directory.domain.id,
    is_domain: false,
    tags: [],
    options: {},
    links: { self: `${url}/v3/projects/${project.id}` },
  };
}

/**
 * Adds the routes to read users, projects, roles and domains. Admins see all of them; other users see only
 * themselves, their projects and the domain.
 */
export function serveDirectory({ app, identity, url, principal }: IdentityRoutes): void {
  const { directory } = identity;
  const user = ({ id, name }: User) => ({
    id,
    name,
    domain_id: directory.domain.id,
    enabled: true,
    password_expires_at: null,
    options: {},
    links: { self: `${url}/v3/users/${id}` },
  });
  const list = (context: Context, name: string, all: readonly { readonly name: string }[]) => {
    const filter = context.req.query('name');
    const items = all.filter((item) => filter === undefined || item.name === filter);
    return context.json({ [name]: items, links: { next: null, self: `${url}/v3/${name}`, previous: null } });
  };
  const requireAdmin = ({ roles }: Principal, action: string) => {
    if (!roles.includes('admin')) throw forbidden(action);
  };
  const existing = <T>(kind: string, id: string, item: T | undefined): T => {
    if (item === undefined) throw new KeystoneError(404, `Could not find ${kind}: ${id}.`);
    return item;
  };

  app.get('/v3/projects', async (context) => {
    requireAdmin(await principal(context), 'list_projects');
    return list(
      context,
      'projects',
      directory.projects.map((each) => renderProject(directory, each, url)),
    );
  });
  app.get('/v3/projects/:id', async (context) => {
    const caller = await principal(context);
    const id = context.req.param('id');
    if (!caller.user.roles.has(id)) requireAdmin(caller, 'get_project');
    return context.json({
      project: renderProject(directory, existing('project', id, directory.project({ id })), url),
    });
  });
  app.get('/v3/users', async (context) => {
    requireAdmin(await principal(context), 'list_users');
    return list(context, 'users', directory.users.map(user));
  });
  app.get('/v3/users/:id', async (context) => {
    const caller = await principal(context);
    const id = context.req.param('id');
    if (caller.user.id !== id) requireAdmin(caller, 'get_user');
    return context.json({ user: user(existing('user', id, directory.user({ id }))) });
  });
  app.get('/v3/users/:id/projects', async (context) => {
    const caller = await principal(context);
    const id = context.req.param('id');
    if (caller.user.id !== id) requireAdmin(caller, 'list_user_projects');
    const { roles } = existing('user', id, directory.user({ id }));
    const projects = directory.projects.filter((project) => roles.has(project.id));
    return list(
      context,
      'projects',
      projects.map((each) => renderProject(directory, each, url)),
    );
  });
  app.get('/v3/roles', async (context) => {
    requireAdmin(await principal(context), 'list_roles');
    return list(context, 'roles', directory.roles);
  });
  app.get('/v3/domains', async (context) => {
    requireAdmin(await principal(context), 'list_domains');
    return list(context, 'domains', [{ ...directory.domain, enabled: true } as { name: string }]);
  });
  app.get('/v3/domains/:id', async (context) => {
    await principal(context);
    const id = context.req.param('id');
    if (id !== directory.domain.id) throw new KeystoneError(404, `Could not find domain: ${id}.`);
    return context.json({ domain: { ...directory.domain, enabled: true } });
  });
}
