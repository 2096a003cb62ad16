import { Hono } from 'hono';
import type { z } from 'zod';
import { limitBody } from '../clients/limit-body.ts';
import type { Cloud } from '../clients/neutron/cloud.ts';
import { problemsOf } from '../clients/outside-text.ts';
import { asOvnDockerError, OvnDockerError } from '../errors.ts';
import { healthRoutes } from '../health/health-routes.ts';
import type { HealthService } from '../health/health-service.ts';
import type { Engine } from '../nics/engine.ts';
import { Turns } from '../queues/in-turn.ts';
import { enterNic } from './enter-nic.ts';
import { eventStream } from './event-stream.ts';
import { lockStream } from './lock-stream.ts';
import { drainPools, fillPools, viewPools } from './manage-pools.ts';
import { prepareNic } from './prepare-nic.ts';
import { releaseNic } from './release-nic.ts';
import { resolveNetwork } from './resolve-network.ts';
import {
  attachRequest,
  enterRequest,
  type FindingView,
  fillRequest,
  pathPart,
  resolveRequest,
} from './types.ts';
import { viewFinding, viewNic, viewStatus } from './views.ts';

/** Lists findings and acts on them: the agent’s reconciler. */
export interface GarbageCollector {
  plan(): Promise<Finding[]>;
  run(options: { confirmed: boolean }): Promise<{ finding: Finding; error?: unknown }[]>;
}

type Finding = Pick<FindingView, 'kind' | 'what' | 'evidence' | 'action'>;

/** Hono's environment type: what the agent's listener passes to each handler. */
interface Serving {
  readonly Bindings: {
    /** Aborts when the agent stops serving. Handlers of endless streams must end them then. */
    readonly closing?: AbortSignal;
  };
}

/** The agent's own API for the command line: HTTP with JSON on a Unix socket that only root can open. */
export function apiServer(
  engine: Engine,
  gc: GarbageCollector,
  cloud: Cloud,
  health: HealthService,
): Hono<Serving> {
  const server = new Hono<Serving>();

  server.use(
    limitBody(() => {
      throw new OvnDockerError('E_USAGE', 'the body of the request is larger than 1 MiB');
    }),
  );
  server.get('/v1/status', async (context) => context.json(await viewStatus(engine)));
  server.get('/v1/nics', (context) => context.json(engine.nics.all().map(viewNic)));
  server.post('/v1/nics', async (context) =>
    context.json(await prepareNic(engine, cloud, await read(attachRequest, context.req.raw)), 201),
  );
  server.post('/v1/nics/:id/enter', async (context) =>
    context.json(
      await enterNic(engine, part(context.req.param('id')), await read(enterRequest, context.req.raw)),
    ),
  );
  server.delete('/v1/nics/:id', async (context) => {
    await releaseNic(engine, part(context.req.param('id')));
    return context.body(null, 204);
  });
  server.post('/v1/networks/resolve', async (context) =>
    context.json(await resolveNetwork(engine, cloud, await read(resolveRequest, context.req.raw))),
  );

  server.get('/v1/pools', (context) => context.json(viewPools(engine)));
  server.post('/v1/pools/:network/fill', async (context) => {
    const { count } = await read(fillRequest, context.req.raw);
    return context.json(await fillPools(engine, part(context.req.param('network')), count));
  });
  server.post('/v1/pools/:network/drain', async (context) =>
    context.json(await drainPools(engine, part(context.req.param('network')))),
  );
  server.post('/v1/pools/drain', async (context) => context.json(await drainPools(engine)));
  server.get('/v1/gc', async (context) =>
    context.json((await gc.plan()).map((finding) => viewFinding(finding))),
  );
  server.post('/v1/gc', async (context) => {
    const results = await gc.run({ confirmed: true });
    return context.json({ removed: results.map(({ finding, error }) => viewFinding(finding, error)) });
  });
  const dockerNetworks = new Turns();
  server.get('/v1/docker-networks/lock', (context) =>
    context.body(lockStream(dockerNetworks, context.env?.closing)),
  );
  server.get('/v1/events', (context) => context.body(eventStream(context.env?.closing)));
  server.route('/', healthRoutes(health));

  server.onError((thrown, context) => {
    const error = asOvnDockerError(thrown);
    const level = error.code === 'E_INTERNAL' ? 'error' : 'warn';
    engine.log[level]({ path: context.req.path, code: error.code, err: error }, 'request failed');
    return context.json({ error }, error.code === 'E_INTERNAL' ? 500 : 409);
  });
  server.notFound((context) =>
    context.json({ error: new OvnDockerError('E_USAGE', 'the agent’s API has no such path') }, 404),
  );
  return server;
}

/** A part of the request's path, which the user may have chosen. @throws OvnDockerError `E_USAGE` */
function part(value: string): string {
  const parsed = pathPart.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid('path', parsed.error);
}

function invalid(where: string, error: z.ZodError): OvnDockerError {
  return new OvnDockerError('E_USAGE', `the ${where} of the request is invalid: ${problemsOf(error)}`, {
    hint: 'correct the value; packages/ovn-docker/src/api/types.ts has the form of each request',
  });
}

async function read<T>(schema: z.ZodType<T>, request: Request): Promise<T> {
  const parsed = schema.safeParse(await request.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  throw invalid('body', parsed.error);
}
