import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import { readJson } from '../../http/read-json.ts';
import { parseRequest } from '../auth-request.ts';
import { isAdministrator } from '../identity.ts';
import { tag, tags } from './entities/entity-api.ts';
import { projectApi } from './entities/project.ts';
import { forbidden, type IdentityRoutes, requireAdmin } from './identity-routes.ts';

/** Adds the tags of a project: all of them, and each one. */
export function serveProjectTags({ app, identity, url, principal }: IdentityRoutes): void {
  const { projects } = identity.directory;
  const path = '/v3/projects/:id/tags';

  const present = async (context: Context, action: string): Promise<readonly string[]> => {
    const caller = await principal(context);
    const id = context.req.param('id') ?? '';
    if (!isAdministrator(caller) && !projectApi.mayRead(identity, caller, id)) throw forbidden(action);
    return projects.require(id).tags;
  };
  const change = async (context: Context, action: string, apply: (before: readonly string[]) => string[]) => {
    requireAdmin(await principal(context), action);
    return identity.nb.change((tx) => {
      const project = projects.require(context.req.param('id') ?? '');
      const after = parseRequest(tags, apply(project.tags));
      projects.update(tx, { ...project, tags: after });
      return after;
    });
  };
  const answer = (context: Context, all: readonly string[]) =>
    context.json({ tags: all, links: { self: `${url}${context.req.path}` } });
  const missing = (value: string) => new KeystoneError(404, `Could not find project tag: ${value}.`);

  app.get(path, async (context) => answer(context, await present(context, 'list_project_tags')));
  app.put(path, async (context) => {
    requireAdmin(await principal(context), 'update_project_tags');
    const body = await readJson(context);
    const given = typeof body === 'object' && body !== null && 'tags' in body ? body.tags : undefined;
    return answer(context, await change(context, 'update_project_tags', () => parseRequest(tags, given)));
  });
  app.delete(path, async (context) => {
    await change(context, 'delete_project_tags', () => []);
    return context.body(null, 204);
  });
  app.get(`${path}/:tag`, async (context) => {
    const value = context.req.param('tag');
    if (!(await present(context, 'get_project_tag')).includes(value)) throw missing(value);
    return context.body(null, 204);
  });
  app.put(`${path}/:tag`, async (context) => {
    const value = parseRequest(tag, context.req.param('tag'));
    await change(context, 'create_project_tag', (before) => [...new Set([...before, value])]);
    context.header('Location', `${url}${context.req.path}`);
    return context.body(null, 201);
  });
  app.delete(`${path}/:tag`, async (context) => {
    const value = context.req.param('tag');
    await change(context, 'delete_project_tag', (before) => {
      if (!before.includes(value)) throw missing(value);
      return before.filter((each) => each !== value);
    });
    return context.body(null, 204);
  });
}
