import { rulesByProject } from '../../northbound/security-groups.ts';
import type { Limited } from '../../policy/quotas.ts';

/** How rules are counted: a new group needs a place for each of its rules, too. */
export const ruleQuota = {
  singular: 'security_group_rule',
  quota: 5000,
  byProject: rulesByProject,
} satisfies Limited;
