import { z } from 'zod';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { type Caller, isAdmin } from '../policy/caller.ts';
import { type Limited, quotaOf, resetQuota, updateQuota, usageOf } from '../policy/quotas.ts';
import { isObject, readObject } from './read-body.ts';
import type { Routes } from './routes.ts';

/** Adds the quota routes: tenants may read their project's quota, admins may read and change every quota. */
export function serveQuotas(routes: Routes, backend: Backend, resources: readonly Limited[]): void {
  const names = Object.keys(backend.settings.quotas);
  const requestedLimits = z.partialRecord(z.enum(names), z.coerce.number().int().min(-1));

  routes.get('/v2.0/quotas/:project', (context) => {
    const project = readable(context.get('caller'), context.req.param('project'));
    return context.json({ quota: quotaOf(backend, project) });
  });
  routes.get('/v2.0/quotas/:project/details', (context) => {
    const project = readable(context.get('caller'), context.req.param('project'));
    const [limit, used] = [quotaOf(backend, project), usageOf(backend, resources, project)];
    const entry = (name: string) => [name, { limit: limit[name], used: used[name], reserved: 0 }];
    return context.json({ quota: Object.fromEntries(names.map(entry)) });
  });
  routes.get('/v2.0/quotas/:project/default', (context) => {
    readable(context.get('caller'), context.req.param('project'));
    return context.json({ quota: backend.settings.quotas });
  });
  routes.put('/v2.0/quotas/:project', async (context) => {
    requireAdmin(context.get('caller'), 'update_quota');
    const { quota } = await readObject(context);
    const parsed = requestedLimits.safeParse(isObject(quota) ? quota : undefined);
    if (!parsed.success)
      throw neutronError(
        'HTTPBadRequest',
        `Invalid input for quota. Reason: ${z.prettifyError(parsed.error)}.`,
      );
    const project = context.req.param('project');
    if (!/^[\w-]{1,64}$/.test(project)) throw neutronError('TenantQuotaNotFound', project);
    await updateQuota(backend, project, parsed.data);
    return context.json({ quota: quotaOf(backend, project) });
  });
  routes.delete('/v2.0/quotas/:project', async (context) => {
    requireAdmin(context.get('caller'), 'delete_quota');
    await resetQuota(backend, context.req.param('project'));
    return context.body(null, 204);
  });
}

/** Returns the project if the caller may read its quota. @throws NeutronError PolicyNotAuthorized */
function readable(caller: Caller, project: string): string {
  if (isAdmin(caller) || project === caller.projectId) return project;
  throw neutronError('PolicyNotAuthorized', 'rule:get_quota');
}

function requireAdmin(caller: Caller, action: string): void {
  if (!isAdmin(caller)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
}
