import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import { clientAddress } from '../../http/client-address.ts';
import { readJson } from '../../http/read-json.ts';
import { noteSender } from '../../http/record-requests.ts';
import { parseAuthRequest } from '../auth-request.ts';
import { authenticate } from '../authenticate.ts';
import { SYSTEM } from '../grants.ts';
import { isAdministrator, type Principal } from '../identity.ts';
import { renderToken } from '../render-token.ts';
import { answerList } from './answer-list.ts';
import { domainApi } from './entities/domain.ts';
import { renderProject } from './entities/project.ts';
import { forbidden, type IdentityRoutes } from './identity-routes.ts';

/** Adds POST, GET, HEAD and DELETE of /v3/auth/tokens, and the scopes that a token can be exchanged for. */
export function serveTokens({ app, identity, catalog, url, principal }: IdentityRoutes): void {
  const render = (context: Context, subject: Principal) =>
    renderToken(identity, subject, context.req.query('nocatalog') === undefined ? catalog : undefined);

  app.post('/v3/auth/tokens', async (context) => {
    const request = parseAuthRequest(await readJson(context));
    const issued = await authenticate({ identity, address: clientAddress(context) }, request);
    noteSender(context, { userId: issued.user.id, projectId: issued.project?.id });
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
    const token = context.req.header('X-Subject-Token');
    if (token === undefined && !isAdministrator(caller)) throw forbidden('validate_token');
    const subject = await identity.validate(token ?? '');
    if (subject === undefined) throw new KeystoneError(404, 'Could not recognize token');
    const rules = subject.credential && identity.credentials.rulesOf(subject.credential);
    // A service that does not know access rules must not accept the token.
    if (rules && !(Number(context.req.header('OpenStack-Identity-Access-Rules')) >= 1)) {
      throw new KeystoneError(404, 'Could not recognize token');
    }
    if (subject.user.id === caller.user.id || isAdministrator(caller)) return subject;
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

  const { directory } = identity;
  app.get('/v3/auth/projects', async (context) => {
    const { user } = await principal(context);
    const ids = directory.scopesOf(user.id, 'project');
    const projects = ids.flatMap((id) => directory.projects.get(id) ?? []);
    const shown = projects.map((project) => renderProject(project, url));
    return answerList(context, url, 'projects', shown, ['name', 'domain_id', 'enabled']);
  });
  app.get('/v3/auth/domains', async (context) => {
    const { user } = await principal(context);
    const domains = directory.scopesOf(user.id, 'domain').flatMap((id) => directory.domains.get(id) ?? []);
    const shown = domains.map((domain) => domainApi.render(domain, url));
    return answerList(context, url, 'domains', shown, ['name', 'enabled']);
  });
  app.get('/v3/auth/system', async (context) => {
    const { user } = await principal(context);
    const hasRoles = directory.rolesIn(user.id, SYSTEM).length > 0;
    return context.json({
      system: hasRoles ? [{ all: true }] : [],
      links: { self: `${url}/v3/auth/system` },
    });
  });
}
