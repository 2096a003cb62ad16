import { type Backend, type QuotaResource, quotaResources } from '../backend.ts';
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
export function quotaOf(backend: Backend, projectId: string): Quota {
  const stored = backend.nb.settings[keyOf(projectId)];
  return {
    ...backend.settings.quotas,
    ...(stored === undefined ? {} : (JSON.parse(stored) as Partial<Quota>)),
  };
}

/** What a project uses, by resource. */
export function usageOf(backend: Backend, projectId: string): Quota {
  const { nb } = backend;
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

const counters: Partial<
  Record<QuotaResource, (backend: Backend) => readonly { readonly project_id: string }[]>
> = {
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
export function requireQuota(backend: Backend, resource: QuotaResource, projects: readonly string[]): void {
  for (const projectId of new Set(projects)) {
    const limit = quotaOf(backend, projectId)[resource];
    if (limit < 0) continue;
    const used = (counters[resource]?.(backend) ?? []).filter(
      ({ project_id }) => project_id === projectId,
    ).length;
    const adding = projects.filter((candidate) => candidate === projectId).length;
    if (used + adding > limit) throw neutronError('OverQuota', resource);
  }
}

/** Sets some limits of a project. */
export function updateQuota(backend: Backend, projectId: string, limits: Partial<Quota>): Promise<void> {
  return backend.nb.change((tx: NbTransaction) => {
    const stored = backend.nb.settings[keyOf(projectId)];
    const before = stored === undefined ? {} : (JSON.parse(stored) as Partial<Quota>);
    backend.nb.set(tx, { [keyOf(projectId)]: JSON.stringify({ ...before, ...limits }) });
  });
}

/** Puts a project back to the defaults. @throws NeutronError TenantQuotaNotFound when it has no limits of its own */
export function resetQuota(backend: Backend, projectId: string): Promise<void> {
  return backend.nb.change((tx) => {
    if (!(keyOf(projectId) in backend.nb.settings)) throw neutronError('TenantQuotaNotFound', projectId);
    backend.nb.set(tx, { [keyOf(projectId)]: undefined });
  });
}
