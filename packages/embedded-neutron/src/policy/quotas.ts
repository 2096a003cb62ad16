import { type Cloud, type QuotaResource, quotaResources } from '../cloud.ts';
import { neutronError } from '../errors.ts';
import { listNetworks } from '../northbound/networks.ts';
import type { NbTransaction } from '../northbound/northbound.ts';
import { listPorts } from '../northbound/ports.ts';
import { listRules, listSecurityGroups } from '../northbound/security-groups.ts';
import { listSubnets } from '../northbound/subnets.ts';
import { listTrunks } from '../northbound/trunks.ts';

const keyOf = (projectId: string): string => `neutron:quota:${projectId}`;

/** Limits of one project by resource; -1 is none. */
export type Quota = Readonly<Record<QuotaResource, number>>;

/** The limits of a project: the operator's defaults under what an admin has set. */
export function quotaOf(cloud: Cloud, projectId: string): Quota {
  const stored = cloud.nb.settings[keyOf(projectId)];
  return {
    ...cloud.settings.quotas,
    ...(stored === undefined ? {} : (JSON.parse(stored) as Partial<Quota>)),
  };
}

/** What a project uses, by resource. */
export function usageOf(cloud: Cloud, projectId: string): Quota {
  const { nb } = cloud;
  const count = (resources: readonly { readonly project_id: string }[]) =>
    resources.reduce((sum, { project_id }) => (project_id === projectId ? sum + 1 : sum), 0);
  const none = Object.fromEntries(quotaResources.map((name) => [name, 0])) as Record<QuotaResource, number>;
  return {
    ...none,
    network: count(listNetworks(nb)),
    subnet: count(listSubnets(nb)),
    port: count(listPorts(nb)),
    security_group: count(listSecurityGroups(nb)),
    security_group_rule: count(listRules(nb)),
    trunk: count(listTrunks(nb)),
  };
}

const counters: Partial<Record<QuotaResource, (cloud: Cloud) => readonly { readonly project_id: string }[]>> =
  {
    network: ({ nb }) => listNetworks(nb),
    subnet: ({ nb }) => listSubnets(nb),
    port: ({ nb }) => listPorts(nb),
    security_group: ({ nb }) => listSecurityGroups(nb),
    security_group_rule: ({ nb }) => listRules(nb),
    trunk: ({ nb }) => listTrunks(nb),
  };

/**
 * Refuses to go beyond a project's limit. Part of a plan, so that no two replicas can both take the last place.
 *
 * @throws NeutronError OverQuota
 */
export function requireQuota(cloud: Cloud, resource: QuotaResource, projects: readonly string[]): void {
  for (const projectId of new Set(projects)) {
    const limit = quotaOf(cloud, projectId)[resource];
    if (limit < 0) continue;
    const used = (counters[resource]?.(cloud) ?? []).filter(
      ({ project_id }) => project_id === projectId,
    ).length;
    const adding = projects.filter((candidate) => candidate === projectId).length;
    if (used + adding > limit) throw neutronError('OverQuota', resource);
  }
}

/** Sets some limits of a project. */
export function updateQuota(cloud: Cloud, projectId: string, limits: Partial<Quota>): Promise<void> {
  return cloud.nb.change((tx: NbTransaction) => {
    const stored = cloud.nb.settings[keyOf(projectId)];
    const before = stored === undefined ? {} : (JSON.parse(stored) as Partial<Quota>);
    cloud.nb.set(tx, { [keyOf(projectId)]: JSON.stringify({ ...before, ...limits }) });
  });
}

/** Puts a project back to the defaults. @throws NeutronError TenantQuotaNotFound when it has no limits of its own */
export function resetQuota(cloud: Cloud, projectId: string): Promise<void> {
  return cloud.nb.change((tx) => {
    if (!(keyOf(projectId) in cloud.nb.settings)) throw neutronError('TenantQuotaNotFound', projectId);
    cloud.nb.set(tx, { [keyOf(projectId)]: undefined });
  });
}
