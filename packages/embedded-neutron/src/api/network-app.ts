import { Hono } from 'hono';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { answerNeutronErrors } from '../http/answer-errors.ts';
import { limitBody } from '../http/limit-body.ts';
import { requestId } from '../http/request-id.ts';
import type { Identity } from '../identity/identity.ts';
import type { Log } from '../log.ts';
import { resources } from '../resources/index.ts';
import { serveSubPorts } from '../resources/trunk/serve-subports.ts';
import { extensions } from './extensions.ts';
import { serveQuotas } from './serve-quotas.ts';
import { serveResource, type Variables } from './serve-resource.ts';
import { serveTags } from './serve-tags.ts';

interface Options {
  readonly backend: Backend;
  readonly identity: Identity;
  readonly log: Log;
  /** Keystone's base URL, for WWW-Authenticate. */
  readonly identityUrl: string;
}

/** Bytes; a bulk request of a thousand ports fits. */
const MAX_BODY = 2 ** 20;

/** Networking API v2.0. */
export function networkApp({ backend, identity, log, identityUrl }: Options): Hono<Variables> {
  // Old clients put `.json` behind each path.
  const app = new Hono<Variables>({
    getPath: (request) => new URL(request.url).pathname.replace(/\.json$/, ''),
  });
  app.use(requestId(log));
  app.use(limitBody(MAX_BODY));
  app.onError(answerNeutronErrors(log));

  app.get('/', (context) => {
    const href = `${new URL(context.req.url).origin}/v2.0/`;
    return context.json({ versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href }] }] });
  });

  app.use('/v2.0/*', async (context, next) => {
    const caller = await identity.caller(context.req.header('X-Auth-Token'));
    if (caller) {
      context.set('caller', caller);
      return next();
    }
    context.header('WWW-Authenticate', `Keystone uri="${identityUrl}/v3"`);
    const message = 'The request you have made requires authentication.';
    return context.json({ error: { code: 401, title: 'Unauthorized', message } }, 401);
  });

  app.get('/v2.0/', (context) => {
    const { origin } = new URL(context.req.url);
    const list = resources.map(({ singular, path }) => ({
      name: singular,
      collection: path,
      links: [{ rel: 'self', href: `${origin}/v2.0/${path}` }],
    }));
    return context.json({ resources: list });
  });
  app.get('/v2.0/extensions', (context) => context.json({ extensions }));
  app.get('/v2.0/extensions/:alias', (context) => {
    const alias = context.req.param('alias');
    const extension = extensions.find((candidate) => candidate.alias === alias);
    if (extension) return context.json({ extension });
    const message = `The resource could not be found.<br /><br />\nExtension with alias ${alias} does not exist\n\n`;
    return context.json({ message, code: '404 Not Found', title: 'Not Found' }, 404);
  });
  for (const empty of ['agents', 'availability_zones', 'service_providers']) {
    app.get(`/v2.0/${empty.replace('service_', 'service-')}`, (context) => context.json({ [empty]: [] }));
  }

  serveQuotas(app, backend);
  serveSubPorts(app, backend);
  for (const resource of resources) {
    serveTags(app, backend, resource);
    serveResource(app, backend, resource);
  }

  const known = resources.flatMap(({ path }) => [`/v2.0/${path}`, `/v2.0/${path}/:id`]);
  for (const path of known) {
    app.all(path, () => {
      throw neutronError('HTTPMethodNotAllowed');
    });
  }
  app.notFound(() => {
    throw neutronError('HTTPNotFound');
  });
  return app;
}
