import { type Context, Hono } from 'hono';
import { isObject } from '../../attributes/validators.ts';
import { KeystoneError, unauthorized } from '../../errors.ts';
import { answerKeystoneErrors } from '../../http/answer-errors.ts';
import { limitBody } from '../../http/limit-body.ts';
import { limitRequest } from '../../http/limit-request.ts';
import { readJson } from '../../http/read-json.ts';
import { noteSender, type Recorder, recordRequests } from '../../http/record-requests.ts';
import { limits } from '../../limits.ts';
import type { CatalogEntry } from '../catalog.ts';
import type { Identity, Principal } from '../identity.ts';
import { domainApi } from './entities/domain.ts';
import { projectApi } from './entities/project.ts';
import { roleApi } from './entities/role.ts';
import { userApi } from './entities/user.ts';
import type { IdentityRoutes } from './identity-routes.ts';
import { serveAccessRules } from './serve-access-rules.ts';
import { serveAssignments } from './serve-assignments.ts';
import { serveCatalog } from './serve-catalog.ts';
import { serveCredentials } from './serve-credentials.ts';
import { serveEntities } from './serve-entities.ts';
import { serveGrants } from './serve-grants.ts';
import { serveProjectTags } from './serve-project-tags.ts';
import { serveTokens } from './serve-tokens.ts';
import { serveUsers } from './serve-users.ts';

interface Options {
  readonly identity: Identity;
  readonly catalog: readonly CatalogEntry[];
  readonly recorder: Recorder;
  readonly url: string;
}

/** The Identity API v3, as clients of the network service, admins and installers need it. */
export function identityApp({ identity, catalog, recorder, url }: Options): Hono {
  const app = new Hono({ strict: false });
  app.use(recordRequests('identity', recorder));
  app.use(limitRequest);
  app.use(limitBody(limits.identityBody.most));
  // As in Keystone, before everything else.
  app.use(async (context, next) => {
    if ((await context.req.text()) !== '' && !isObject(await readJson(context))) {
      throw new KeystoneError(400, 'Expecting to find valid JSON in request body.');
    }
    await next();
  });
  app.use(async (context, next) => {
    await next();
    context.res.headers.set('Vary', 'X-Auth-Token');
  });
  app.onError(answerKeystoneErrors(recorder.log, url));

  const version = {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${url}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
  app.get('/', (context) => {
    context.header('Location', `${url}/v3/`);
    return context.json({ versions: { values: [version] } }, 300);
  });
  app.get('/v3', (context) => context.json({ version }));

  const principal = async (context: Context): Promise<Principal> => {
    const token = context.req.header('X-Auth-Token');
    const { method } = context.req;
    const { pathname: path } = new URL(context.req.url);
    // Access rules do not prevent a caller from validating its own token.
    const isValidation = method === 'GET' && path.endsWith('/v3/auth/tokens');
    const caller =
      token !== undefined && isValidation
        ? await identity.validateCaller(token)
        : await identity.admit(token, { service: 'identity', method, path });
    if (caller === undefined) throw unauthorized();
    noteSender(context, { userId: caller.user.id, projectId: caller.project?.id });
    return caller;
  };
  const routes: IdentityRoutes = { app, identity, catalog, url, principal };
  serveTokens(routes);
  serveCredentials(routes);
  serveAccessRules(routes);
  serveUsers(routes);
  serveProjectTags(routes);
  serveEntities(routes, domainApi);
  serveEntities(routes, projectApi);
  serveEntities(routes, userApi);
  serveEntities(routes, roleApi);
  serveGrants(routes);
  serveAssignments(routes);
  serveCatalog(routes);

  const known = new Set(app.routes.filter(({ method }) => method !== 'ALL').map((route) => route.path));
  for (const path of known) {
    app.all(path, () => {
      throw new KeystoneError(405, 'The method is not allowed for the requested URL.');
    });
  }
  app.notFound(() => {
    throw new KeystoneError(404, 'The resource could not be found.');
  });
  return app;
}
