import type { Backend } from '../backend.ts';
import { neutronError } from '../errors.ts';
import type { AnyIndex } from '../northbound/row-index.ts';

/** A kind of resource whose items are counted against a quota. */
export interface Limited {
  /** The quota's name: `security_group`. */
  readonly singular: string;
  /** The default limit per project; -1 means unlimited. */
  readonly quota: number;
  /** The index by which the items of a project are counted. */
  readonly byProject: AnyIndex;
}

/** The limits or the usage of a project, by singular resource name. */
export type Quota = Readonly<Partial<Record<string, number>>>;

/**
 * Default limits of Neutron for resources that this service does not have. Clients expect them in each
 * quota.
 */
const unserved: Quota = { subnetpool: -1, router: 10, floatingip: 50, rbac_policy: 10 };

/** The default limit of each resource, and Neutron's limits for resources that are not served. */
export function defaultQuotas(resources: readonly Limited[]): Quota {
  const served = Object.fromEntries(resources.map(({ singular, quota }) => [singular, quota]));
  return { ...unserved, ...served };
}

const KEY = 'neutron:quota:';
const keyOf = (projectId: string): string => KEY + projectId;

/** The limits of a project: those that an admin has set, and the operator's defaults for the rest. */
export function quotaOf({ nb, settings }: Backend, projectId: string): Quota {
  return { ...settings.quotas, ...ownQuota(nb.settings, projectId) };
}

/** The number of items in a project, by resource. */
export function usageOf(backend: Backend, resources: readonly Limited[], projectId: string): Quota {
  const unused = Object.fromEntries(Object.keys(backend.settings.quotas).map((name) => [name, 0]));
  const used = resources.map((resource) => [resource.singular, countOf(backend, resource, projectId)]);
  return { ...unused, ...Object.fromEntries(used) };
}

/**
 * Checks that new items do not exceed a project's limit. It is part of a plan, so that two instances of this
 * service cannot both create the last allowed item.
 *
 * @param projects the project of each item to be created
 * @throws NeutronError OverQuota
 */
export function requireQuota(backend: Backend, resource: Limited, projects: readonly string[]): void {
  for (const projectId of new Set(projects)) {
    const limit = quotaOf(backend, projectId)[resource.singular] ?? resource.quota;
    if (limit < 0) continue;
    const added = projects.filter((candidate) => candidate === projectId).length;
    if (countOf(backend, resource, projectId) + added > limit) {
      throw neutronError('OverQuota', resource.singular);
    }
  }
}

/** The limits of all projects that have limits of their own. */
export function allQuotas(backend: Backend): readonly (Quota & { readonly project_id: string })[] {
  const projects = Object.keys(backend.nb.settings).filter((key) => key.startsWith(KEY));
  return projects.toSorted().map((key) => {
    const project_id = key.slice(KEY.length);
    return { ...quotaOf(backend, project_id), project_id, tenant_id: project_id };
  }) as never;
}

/** Sets some limits of a project. */
export function updateQuota({ nb }: Backend, projectId: string, limits: Quota): Promise<void> {
  return nb.change((tx) => {
    tx.claim('quota', projectId);
    const quota = { ...ownQuota(nb.settings, projectId), ...limits };
    nb.set(tx, { [keyOf(projectId)]: JSON.stringify(quota) });
  });
}

/**
 * Resets a project to the default limits.
 *
 * @throws NeutronError TenantQuotaNotFound if the project has no limits of its own
 */
export function resetQuota({ nb }: Backend, projectId: string): Promise<void> {
  return nb.change((tx) => {
    if (!Object.hasOwn(nb.settings, keyOf(projectId))) throw neutronError('TenantQuotaNotFound', projectId);
    tx.claim('quota', projectId);
    nb.set(tx, { [keyOf(projectId)]: undefined });
  });
}

/** The limits that an admin has set for a project. */
function ownQuota(settings: Readonly<Record<string, string>>, projectId: string): Quota {
  const stored = settings[keyOf(projectId)];
  return stored === undefined ? {} : (JSON.parse(stored) as Quota);
}

function countOf({ nb }: Backend, { byProject }: Limited, projectId: string): number {
  return nb.view.count(byProject, projectId);
}
