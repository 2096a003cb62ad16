import type { Hono } from 'hono';
import { z } from 'zod';
import { type Backend, quotaResources } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { type Caller, isAdmin } from '../policy/caller.ts';
import { type Quota, quotaOf, resetQuota, updateQuota, usageOf } from '../policy/quotas.ts';
import { isObject, readObject } from './read-body.ts';
import type { Variables } from './serve-resource.ts';

const limits = z.partialRecord(z.enum(quotaResources), z.coerce.number().int().min(-1));

/** Adds the quota calls: tenants read their own, admins read and change all. */
export function serveQuotas(app: Hono<Variables>, backend: Backend): void {
  const details = (projectId: string) => {
    const [limit, used] = [quotaOf(backend, projectId), usageOf(backend, projectId)];
    const entry = (name: keyof Quota) => [name, { limit: limit[name], used: used[name], reserved: 0 }];
    return { quota: Object.fromEntries(quotaResources.map(entry)) };
  };

  app.get('/v2.0/quotas/:project', (context) => {
    const project = readable(context.get('caller'), context.req.param('project'));
    return context.json({ quota: quotaOf(backend, project) });
  });
  app.get('/v2.0/quotas/:project/details', (context) =>
    context.json(details(readable(context.get('caller'), context.req.param('project')))),
  );
  app.get('/v2.0/quotas/:project/default', (context) => {
    readable(context.get('caller'), context.req.param('project'));
    return context.json({ quota: backend.settings.quotas });
  });
  app.put('/v2.0/quotas/:project', async (context) => {
    requireAdmin(context.get('caller'), 'update_quota');
    const { quota } = await readObject(context);
    const parsed = limits.safeParse(isObject(quota) ? quota : undefined);
    if (!parsed.success)
      throw neutronError(
        'HTTPBadRequest',
        `Invalid input for quota. Reason: ${z.prettifyError(parsed.error)}.`,
      );
    const project = context.req.param('project');
    if (!/^[\w-]{1,64}$/.test(project)) throw neutronError('TenantQuotaNotFound', project);
    await updateQuota(backend, project, parsed.data as Partial<Quota>);
    return context.json({ quota: quotaOf(backend, project) });
  });
  app.delete('/v2.0/quotas/:project', async (context) => {
    requireAdmin(context.get('caller'), 'delete_quota');
    await resetQuota(backend, context.req.param('project'));
    return context.body(null, 204);
  });
}

function readable(caller: Caller, project: string): string {
  if (isAdmin(caller) || project === caller.projectId) return project;
  throw neutronError('PolicyNotAuthorized', 'rule:get_quota');
}

function requireAdmin(caller: Caller, action: string): void {
  if (!isAdmin(caller)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
}
