import { Hono } from 'hono';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { answerNeutronErrors } from '../http/answer-errors.ts';
import { clientAddress } from '../http/client-address.ts';
import { limitBody } from '../http/limit-body.ts';
import { limitRequest } from '../http/limit-request.ts';
import { noteSender, type Recorder, recordRequests } from '../http/record-requests.ts';
import { warnWhenStale } from '../http/warn-stale.ts';
import { limits } from '../limits.ts';
import type { Caller } from '../policy/caller.ts';
import { listExtensions } from './extensions.ts';
import { readObject } from './read-body.ts';
import type { Resource } from './resource.ts';
import type { Routes } from './routes.ts';
import { serveQuotas } from './serve-quotas.ts';
import { serveResource } from './serve-resource.ts';
import { serveTags } from './serve-tags.ts';

interface Options {
  readonly backend: Backend;
  readonly resources: readonly Resource[];
  /**
   * Returns the caller of a token, or undefined if the token is invalid or unscoped, or does not allow the
   * request. `path` is that of the URL, without a query; `address` is the client's.
   */
  readonly authenticate: (
    token: string | undefined,
    request: { readonly method: string; readonly path: string; readonly address: string },
  ) => Promise<Caller | undefined>;
  readonly recorder: Recorder;
  /** Keystone's base URL, for WWW-Authenticate. */
  readonly identityUrl: string;
}

/** Networking API v2.0 for the given kinds of resources. */
export function networkApp({ backend, resources, authenticate, recorder, identityUrl }: Options): Routes {
  const app: Routes = new Hono({ getPath: ({ url }) => routePath(new URL(url).pathname) });
  app.use(recordRequests('network', recorder));
  app.use(limitRequest);
  app.use(limitBody(limits.body.most));
  app.use(warnWhenStale(() => backend.nb.synchronized));
  app.onError(answerNeutronErrors(recorder.log));

  app.get('/', (context) => {
    const href = `${new URL(context.req.url).origin}/v2.0/`;
    return context.json({ versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href }] }] });
  });

  app.use('/v2.0/*', async (context, next) => {
    const { method, url } = context.req;
    const path = new URL(url).pathname;
    const address = clientAddress(context);
    const caller = await authenticate(context.req.header('X-Auth-Token'), { method, path, address });
    if (caller) {
      context.set('caller', caller);
      noteSender(context, caller);
      return next();
    }
    context.header('WWW-Authenticate', `Keystone uri="${identityUrl}/v3"`);
    const message = 'The request you have made requires authentication.';
    return context.json({ error: { code: 401, title: 'Unauthorized', message } }, 401);
  });

  serveIndex(app, resources);
  serveExtensions(app, resources);
  for (const empty of ['agents', 'availability_zones', 'service_providers']) {
    app.get(`/v2.0/${empty.replace('service_', 'service-')}`, (context) => context.json({ [empty]: [] }));
  }
  serveQuotas(app, backend, resources);
  for (const resource of resources) {
    resource.routes?.(app, backend);
    serveTags(app, backend, resource);
    serveResource(app, backend, resource);
  }

  const known = resources.flatMap(({ path }) => [`/v2.0/${path}`, `/v2.0/${path}/:id`]);
  for (const path of known) {
    app.all(path, async (context) => {
      // As in Neutron, the body is checked before the method.
      if (context.req.method === 'POST') await readObject(context);
      throw neutronError('HTTPMethodNotAllowed');
    });
  }
  app.notFound(() => {
    throw neutronError('HTTPNotFound');
  });
  return app;
}

/** The path by which requests are routed. Old clients append `.json`, and some a slash. */
function routePath(path: string): string {
  const plain = path.replace(/\.json$/, '');
  const trimmed = plain.replace(/(?<!\/)\/+$/, '');
  // `/v2.0/` lists the resources, `/v2.0` does not exist.
  return trimmed.startsWith('/v2.0/') ? trimmed : plain;
}

function serveIndex(routes: Routes, resources: readonly Resource[]): void {
  routes.get('/v2.0/', (context) => {
    const { origin } = new URL(context.req.url);
    const list = resources.map(({ singular, path }) => ({
      name: singular,
      collection: path,
      links: [{ rel: 'self', href: `${origin}/v2.0/${path}` }],
    }));
    return context.json({ resources: list });
  });
}

function serveExtensions(routes: Routes, resources: readonly Resource[]): void {
  const extensions = listExtensions(resources);
  routes.get('/v2.0/extensions', (context) => context.json({ extensions }));
  routes.get('/v2.0/extensions/:alias', (context) => {
    const alias = context.req.param('alias');
    const extension = extensions.find((candidate) => candidate.alias === alias);
    if (extension) return context.json({ extension });
    const message = `The resource could not be found.<br /><br />\nExtension with alias ${alias} does not exist\n\n`;
    return context.json({ message, code: '404 Not Found', title: 'Not Found' }, 404);
  });
}
