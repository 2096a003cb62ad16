import { Hono } from 'hono';
import type { Application } from './listen.ts';

/** Why the service cannot do its work now; undefined if it can. */
export type Problem = () => Promise<string | undefined>;

/** What others may know of the service's health. */
interface Health {
  readonly problem: Problem;
  /** The metrics for Prometheus (exposition format 0.0.4). */
  readonly metrics?: () => Promise<string>;
}

/**
 * `/healthz`: the process answers. `/readyz`: it can also change networks; otherwise 503 with the reason.
 * `/metrics` only if there are metrics.
 */
export function healthApp({ problem, metrics }: Health): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ alive: true }));
  app.get('/readyz', async (context) => {
    const reason = await problem();
    return reason === undefined ? context.json({ ready: true }) : context.json({ ready: false, reason }, 503);
  });
  if (metrics) {
    app.get('/metrics', async (context) =>
      context.body(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
    );
  }
  return app;
}

const PATHS = new Set(['/healthz', '/readyz']);

/** An API whose listener also shows the health, for load balancers. */
export function withHealth(api: Application, problem: Problem): Application {
  const health = healthApp({ problem });
  return {
    fetch: (request, bindings) =>
      PATHS.has(new URL(request.url).pathname) ? health.fetch(request) : api.fetch(request, bindings),
  };
}
