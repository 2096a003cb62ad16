import { Hono } from 'hono';
import type { HealthService } from './health-service.ts';

/**
 * The paths that show the health of the agent and its containers, on the agent's socket and on the management
 * address. They change nothing.
 */
export function healthRoutes(health: HealthService): Hono {
  const routes = new Hono();
  routes.get('/healthz', (context) => context.json({ alive: true }));
  routes.get('/readyz', async (context) => {
    const view = await health.readiness();
    return context.json(view, view.ready ? 200 : 503);
  });
  routes.get('/v1/containers', async (context) => context.json(await health.containers()));
  routes.get('/v1/health', async (context) => context.json(await health.health()));
  routes.get('/metrics', async (context) =>
    context.body(await health.metrics(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  return routes;
}
