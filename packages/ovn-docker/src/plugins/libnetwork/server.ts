import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { asOvnDockerError } from '../../errors.ts';
import type { Engine } from '../../nics/engine.ts';
import { ipamDriver } from './ipam-driver.ts';
import { networkDriver } from './network-driver.ts';
import { PoolRequests } from './open-requests.ts';
import { requests } from './wire.ts';

const MEDIA_TYPE = 'application/vnd.docker.plugins.v1.2+json';

type Handler = (request: never) => unknown;

/**
 * Docker's plugin protocol: POST /Driver.Method with a JSON body. A refusal is HTTP 200 with the message under `Err`
 * (network driver) or `Error` (IPAM driver); an unknown method is 404, which Docker takes as "not supported"; a body
 * that is empty or not JSON is 400 (moby may send a drained buffer when it retries).
 */
export function libnetworkServer(engine: Engine): Hono {
  const server = new Hono();
  const requested = new PoolRequests();
  const drivers: [string, string, Record<string, Handler>][] = [
    ['NetworkDriver', 'Err', networkDriver(engine, requested)],
    ['IpamDriver', 'Error', ipamDriver(engine, requested)],
  ];
  const reply = (body: unknown, status: ContentfulStatusCode = 200, headers = {}) =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': MEDIA_TYPE, ...headers } });

  server.post('/Plugin.Activate', () => reply({ Implements: drivers.map(([name]) => name) }));
  for (const [driver, errorKey, methods] of drivers) {
    for (const [method, handle] of Object.entries(methods)) {
      server.post(`/${driver}.${method}`, async (context) => {
        const schema = (requests as Record<string, (typeof requests)[keyof typeof requests]>)[method];
        const parsed = schema?.safeParse(await context.req.json().catch(() => undefined));
        if (parsed && !parsed.success)
          return reply({ [errorKey]: `${method}: the body is not as expected` }, 400);
        const started = performance.now();
        try {
          const answer = await handle(parsed?.data as never);
          const milliseconds = performance.now() - started;
          engine.log.debug({ call: `${driver}.${method}`, milliseconds }, 'libnetwork');
          // W3C Server Timing; Docker does not look at it, people and benchmarks do.
          return reply(answer, 200, { 'server-timing': `agent;dur=${milliseconds.toFixed(3)}` });
        } catch (thrown) {
          const error = asOvnDockerError(thrown);
          engine.log.warn(
            { call: `${driver}.${method}`, code: error.code, err: error },
            'libnetwork call refused',
          );
          return reply({ [errorKey]: `${error.message} [${error.code}]; ${error.hint}` });
        }
      });
    }
  }
  server.notFound(() => reply({ Err: 'not found' }, 404));
  return server;
}
