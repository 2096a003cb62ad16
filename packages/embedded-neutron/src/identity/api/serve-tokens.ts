import type { Context } from 'hono';
import { z } from 'zod';
import { KeystoneError } from '../../errors.ts';
import { readJson } from '../../http/read-json.ts';
import { authenticate, authRequest } from '../authenticate.ts';
import type { Principal } from '../identity.ts';
import { renderToken } from '../render-token.ts';
import { forbidden, type IdentityRoutes } from './identity-routes.ts';
import { renderProject } from './serve-directory.ts';

/** Adds POST, GET, HEAD and DELETE of /v3/auth/tokens, and GET of /v3/auth/catalog and /v3/auth/projects. */
export function serveTokens({ app, identity, catalog, url, principal }: IdentityRoutes): void {
  const render = (context: Context, subject: Principal) =>
    renderToken(identity, subject, context.req.query('nocatalog') === undefined ? catalog : undefined);

  app.post('/v3/auth/tokens', async (context) => {
    const parsed = authRequest.safeParse(await readJson(context));
    if (!parsed.success) throw new KeystoneError(400, z.prettifyError(parsed.error));
    const issued = await authenticate(identity, parsed.data.auth);
    context.header('X-Subject-Token', await identity.tokens.issue(issued.claims));
    return context.json(render(context, issued), 201);
  });

  /**
   * The principal of X-Subject-Token. Users may read their own tokens, admins all.
   *
   * @throws KeystoneError 403, 404
   */
  const subjectOf = async (context: Context): Promise<Principal> => {
    const caller = await principal(context);
    const subject = await identity.validate(context.req.header('X-Subject-Token') ?? '');
    if (subject === undefined) throw new KeystoneError(404, 'Could not recognize token');
    const rules = subject.credential && identity.credentials.rulesOf(subject.credential);
    // A service that does not know access rules must not accept the token.
    if (rules && !(Number(context.req.header('OpenStack-Identity-Access-Rules')) >= 1)) {
      throw new KeystoneError(404, 'Could not recognize token');
    }
    if (subject.user.id === caller.user.id || caller.roles.includes('admin')) return subject;
    throw forbidden('validate_token');
  };
  // For HEAD, Hono calls the GET route and drops the body.
  app.get('/v3/auth/tokens', async (context) => {
    const subject = await subjectOf(context);
    context.header('X-Subject-Token', context.req.header('X-Subject-Token'));
    return context.json(render(context, subject));
  });
  app.delete('/v3/auth/tokens', async (context) => {
    await identity.revocations.revoke((await subjectOf(context)).claims);
    return context.body(null, 204);
  });

  app.get('/v3/auth/catalog', async (context) => {
    const { project } = await principal(context);
    if (!project) throw forbidden('get_auth_catalog');
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
