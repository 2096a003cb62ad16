import type { Context } from 'hono';
import { z } from 'zod';
import { KeystoneError } from '../../errors.ts';
import { readJson } from '../../http/read-json.ts';
import { authenticate, authRequest } from '../authenticate.ts';
import type { Principal } from '../identity.ts';
import { renderToken } from '../render-token.ts';
import type { IdentityRoutes } from './identity-routes.ts';
import { renderProject } from './serve-directory.ts';

/** Adds POST, GET, HEAD and DELETE of /v3/auth/tokens, and what a token gives access to. */
export function serveTokens({ app, identity, catalog, url, principal }: IdentityRoutes): void {
  const render = (context: Context, shown: Principal) =>
    renderToken(
      identity.directory,
      shown,
      context.req.query('nocatalog') === undefined ? catalog : undefined,
    );

  app.post('/v3/auth/tokens', async (context) => {
    const parsed = authRequest.safeParse(await readJson(context));
    if (!parsed.success) throw new KeystoneError(400, z.prettifyError(parsed.error));
    const issued = await authenticate(identity, parsed.data.auth);
    context.header('X-Subject-Token', await identity.tokens.issue(issued.claims));
    return context.json(render(context, issued), 201);
  });

  /** The token of X-Subject-Token, which the caller may look at if it is their own or they are admin. */
  const subject = async (context: Context): Promise<Principal> => {
    const caller = await principal(context);
    const found = await identity.validate(context.req.header('X-Subject-Token') ?? '');
    if (found === undefined) throw new KeystoneError(404, 'Could not recognize token');
    if (found.user.id === caller.user.id || caller.roles.includes('admin')) return found;
    throw new KeystoneError(
      403,
      'You are not authorized to perform the requested action: identity:validate_token.',
    );
  };
  // Hono answers HEAD from the GET route, without the body.
  app.get('/v3/auth/tokens', async (context) => {
    const found = await subject(context);
    context.header('X-Subject-Token', context.req.header('X-Subject-Token'));
    return context.json(render(context, found));
  });
  app.delete('/v3/auth/tokens', async (context) => {
    await identity.revocations.revoke((await subject(context)).claims);
    return context.body(null, 204);
  });

  app.get('/v3/auth/catalog', async (context) => {
    const { project } = await principal(context);
    if (!project)
      throw new KeystoneError(
        403,
        'You are not authorized to perform the requested action: identity:get_auth_catalog.',
      );
    return context.json({ catalog, links: { self: `${url}/v3/auth/catalog` } });
  });
  app.get('/v3/auth/projects', async (context) => {
    const { user } = await principal(context);
    const projects = identity.directory.projects.filter(({ id }) => user.roles.has(id));
    return context.json({
      projects: projects.map((project) => renderProject(identity.directory, project, url)),
      links: { next: null, self: `${url}/v3/auth/projects`, previous: null },
    });
  });
}
