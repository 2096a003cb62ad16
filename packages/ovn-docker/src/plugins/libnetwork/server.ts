import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { limitBody } from '../../clients/limit-body.ts';
import type { PublishMode } from '../../config/agent-config.ts';
import { asOvnDockerError } from '../../errors.ts';
import type { Engine } from '../../nics/engine.ts';
import { ipamDriver } from './ipam-driver.ts';
import { IpamPoolRequests } from './ipam-pool-requests.ts';
import type { Methods } from './method.ts';
import { networkDriver } from './network-driver.ts';

const MEDIA_TYPE = 'application/vnd.docker.plugins.v1.2+json';

interface Driver {
  readonly name: string;
  /** The key of the error message in an answer. */
  readonly errorKey: 'Err' | 'Error';
  readonly methods: Methods;
}

/**
 * Docker's plugin protocol: POST /Driver.Method with a JSON body. A refusal is HTTP 200 with the message
 * under `Err` (network driver) or `Error` (IPAM driver). An unknown method is 404, which Docker takes as "not
 * supported". An invalid body is 400: moby may send an empty one when it retries.
 * @param publish what becomes of containers that publish ports, on networks whose options do not say
 */
export function libnetworkServer(engine: Engine, publish: PublishMode): Hono {
  const server = new Hono();
  const ipamPoolRequests = new IpamPoolRequests();
  const drivers: Driver[] = [
    { name: 'NetworkDriver', errorKey: 'Err', methods: networkDriver(engine, publish, ipamPoolRequests) },
    { name: 'IpamDriver', errorKey: 'Error', methods: ipamDriver(engine, ipamPoolRequests) },
  ];

  server.use(limitBody(() => reply({ Err: 'the body is larger than 1 MiB' }, 413)));
  server.post('/Plugin.Activate', () => reply({ Implements: drivers.map(({ name }) => name) }));
  for (const { name, errorKey, methods } of drivers) {
    for (const [methodName, { accept }] of Object.entries(methods)) {
      const call = `${name}.${methodName}`;
      server.post(`/${call}`, async (context) => {
        const handle = accept(await context.req.json().catch(() => undefined));
        if (typeof handle === 'string') {
          // dockerd reads the message of an HTTP error under `Err` (moby, pkg/plugins/client.go).
          const message = `${call}: the body is not as libnetwork sends it: ${handle}`;
          return reply({ Err: message, [errorKey]: message }, 400);
        }
        const started = performance.now();
        try {
          const answer = await handle();
          const milliseconds = performance.now() - started;
          engine.log.debug({ call, milliseconds }, 'libnetwork');
          // W3C Server Timing, for people and benchmarks; Docker ignores it.
          return reply(answer, 200, { 'server-timing': `agent;dur=${milliseconds.toFixed(3)}` });
        } catch (thrown) {
          const error = asOvnDockerError(thrown);
          const level = error.code === 'E_INTERNAL' ? 'error' : 'warn';
          engine.log[level]({ call, code: error.code, err: error }, 'libnetwork call failed');
          return reply({ [errorKey]: `${error.message} [${error.code}]; ${error.hint}` });
        }
      });
    }
  }
  server.notFound(() => reply({ Err: 'not found' }, 404));
  return server;
}

function reply(body: unknown, status: ContentfulStatusCode = 200, headers = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': MEDIA_TYPE, ...headers } });
}
