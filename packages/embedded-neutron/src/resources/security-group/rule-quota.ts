import type { Backend } from '../../backend.ts';
import type { NbTransaction } from '../../northbound/northbound.ts';
import { rulesByProject } from '../../northbound/security-groups.ts';
import { type Limited, requireQuota } from '../../policy/quotas.ts';

/** How rules are counted: a new group needs a place for each of its rules, too. */
export const ruleQuota = {
  singular: 'security_group_rule',
  quota: 5000,
  byProject: rulesByProject,
} satisfies Limited;

/** Claims the number of a project's rules, for a plan that adds some. */
export const claimRules = (tx: NbTransaction, projectId: string): void => tx.claim('rules', projectId);

/**
 * Checks that new rules do not exceed the limits of their projects. Part of a shared plan.
 *
 * @param projects the project of each new rule
 * @throws NeutronError OverQuota
 */
export function takeRulePlaces(backend: Backend, tx: NbTransaction, projects: readonly string[]): void {
  for (const project of new Set(projects)) {
    tx.watch('quota', project);
    claimRules(tx, project);
  }
  requireQuota(backend, ruleQuota, projects);
}
