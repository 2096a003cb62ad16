import { type Parse, parseAttribute } from '../attributes/parse.ts';
import { bool, isObject, range } from '../attributes/validators.ts';
import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import { limits } from '../limits.ts';
import { type Caller, isAdmin } from '../policy/caller.ts';
import {
  allQuotas,
  type Limited,
  type Quota,
  quotaOf,
  resetQuota,
  updateQuota,
  usageOf,
} from '../policy/quotas.ts';
import { readObject } from './read-body.ts';
import type { Routes } from './routes.ts';

const MAX_LIMIT = 2 ** 31 - 1;
const limitRange: Parse<number> = range(-1, MAX_LIMIT);

/** Adds the quota routes: tenants may read their project's quota, admins may read and change every quota. */
export function serveQuotas(routes: Routes, backend: Backend, resources: readonly Limited[]): void {
  const names = Object.keys(backend.settings.quotas);

  routes.get('/v2.0/quotas', (context) => {
    requireAdmin(context.get('caller'), 'get_quota');
    const url = new URL(context.req.url);
    const marker = url.searchParams.get('marker') ?? '';
    const rest = allQuotas(backend).filter(({ project_id }) => project_id > marker);
    const page = rest.slice(0, limits.page.most);
    url.searchParams.set('marker', page.at(-1)?.project_id ?? '');
    const isLast = page.length === rest.length;
    return context.json({
      quotas: page,
      ...(!isLast && { quotas_links: [{ rel: 'next', href: url.href }] }),
    });
  });
  routes.post('/v2.0/quotas', () => {
    throw neutronError('HTTPNotImplemented', 'POST requests are not supported on this resource.');
  });
  // python-neutronclient asks for its project by these names.
  for (const name of ['tenant', 'project']) {
    routes.get(`/v2.0/quotas/${name}`, (context) =>
      context.json({ [name]: { [`${name}_id`]: context.get('caller').projectId } }),
    );
  }
  routes.get('/v2.0/quotas/:project', (context) => {
    const project = readable(context.get('caller'), context.req.param('project'));
    return context.json({ quota: quotaOf(backend, project) });
  });
  routes.get('/v2.0/quotas/:project/details', (context) => {
    const [caller, project] = [context.get('caller'), context.req.param('project')];
    if (!isAdmin(caller) && project !== caller.projectId) {
      throw neutronError('AdminRequired', 'Only admin is authorized to access quotas for another project');
    }
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
    const project = context.req.param('project');
    if (!/^[\w-]{1,64}$/.test(project)) throw neutronError('TenantQuotaNotFound', project);
    const { limits, checked } = parseQuota(names, (await readObject(context))['quota']);
    if (checked) requireUsageWithin(limits, usageOf(backend, resources, project));
    await updateQuota(backend, project, limits);
    return context.json({ quota: quotaOf(backend, project) });
  });
  routes.delete('/v2.0/quotas/:project', async (context) => {
    requireAdmin(context.get('caller'), 'delete_quota');
    await resetQuota(backend, context.req.param('project'));
    return context.body(null, 204);
  });
}

/**
 * Reads the limits of a request, and whether they must not be below the usage.
 *
 * @throws NeutronError HTTPBadRequest, InvalidInput
 */
function parseQuota(names: readonly string[], given: unknown): { limits: Quota; checked: boolean } {
  if (!isObject(given)) throw neutronError('HTTPBadRequest', "Unable to find 'quota' in request body");
  const { force: _, check_limit, ...requested } = given;
  const unknown = Object.keys(requested).filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw neutronError('HTTPBadRequest', `Unrecognized attribute(s) '${unknown.join(', ')}'`);
  }
  const limits = Object.entries(requested).map(([name, limit]) => [
    name,
    parseAttribute(name, limitRange, limit),
  ]);
  const checked = check_limit === undefined || check_limit === null ? false : bool(check_limit);
  return { limits: Object.fromEntries(limits) as Quota, checked };
}

/** Refuses limits below what a project has already. @throws NeutronError HTTPBadRequest */
function requireUsageWithin(limits: Quota, used: Quota): void {
  for (const [name, limit = 0] of Object.entries(limits)) {
    const usage = used[name] ?? 0;
    if (limit >= 0 && usage > limit) {
      throw neutronError(
        'HTTPBadRequest',
        `Quota limit ${limit} for ${name} must be greater than or equal to already used ${usage}`,
      );
    }
  }
}

/** Returns the project if the caller may read its quota. @throws NeutronError PolicyNotAuthorized */
function readable(caller: Caller, project: string): string {
  if (isAdmin(caller) || project === caller.projectId) return project;
  throw neutronError('PolicyNotAuthorized', 'rule:get_quota');
}

function requireAdmin(caller: Caller, action: string): void {
  if (!isAdmin(caller)) throw neutronError('PolicyNotAuthorized', `rule:${action}`);
}
