import { ApplicationCredentials, type IssuedToken, networkEndpointPath } from '@ovn-docker/openstack';
import { missingCalls } from '../../clients/neutron/agent-calls.ts';
import type { Cloud } from '../../clients/neutron/cloud.ts';
import { OvnDockerError } from '../../errors.ts';
import type { CheckResult, Warning } from '../checklist/check.ts';

/** How long before its end an application credential is worth a warning, in days. */
const SOON_DAYS = 14;

const DAY_MS = 86_400_000;

const NARROW =
  'make a narrow one outside the VM: `ovn-docker credential create --vm PORT` (docs/credentials.md)';

/**
 * How narrow an application credential is and when it expires, in words; nothing for another credential.
 * @throws OvnDockerError `E_ACCESS_RULES` when its access rules forbid calls that every agent needs
 */
export async function describeCredential(cloud: Cloud, token: IssuedToken): Promise<CheckResult> {
  const credential = token.application_credential;
  if (credential === undefined) return { facts: [] };
  const { access_rules: rules, name, restricted } = credential;
  await requireCalls(cloud, token);
  const width =
    rules === undefined
      ? 'no access rules, so it allows all that its roles do (docs/credentials.md)'
      : `${rules.length} access rules`;
  const days = await daysLeft(cloud, credential.id);
  const warnings: Warning[] = [];
  if (!restricted) {
    const message = `${name} is unrestricted: root in this VM can create more application credentials with it`;
    warnings.push({ message, hint: NARROW });
  }
  if (typeof days === 'number' && days < SOON_DAYS) {
    const message = `${name} expires in ${days} days; then no container starts without a warm NIC`;
    const hint =
      'make the next one outside the VM, `ovn-docker credential create --vm PORT`, and put it into the same file: the agent reads it without a restart';
    warnings.push({ message, hint });
  }
  return { facts: [`${name}: ${width}; ${inWords(days)}`], warnings };
}

/**
 * Compares the access rules of the token's credential, if it has any, with the calls of an agent.
 * @param trunkId the VM's trunk, if the agent works in trunk mode
 * @throws OvnDockerError `E_ACCESS_RULES`
 */
export async function requireCalls(cloud: Cloud, token: IssuedToken, trunkId?: string): Promise<void> {
  const { access_rules: rules, name } = token.application_credential ?? {};
  if (rules === undefined) return;
  // The next check reports a catalog without Neutron.
  const endpointPath = await networkEndpointPath(cloud.session).catch(() => '');
  const missing = missingCalls(rules, { projectId: token.project?.id ?? '', trunkId, endpointPath });
  if (missing.length === 0) return;
  const message = `the access rules of application credential ${name} do not allow ${missing.join(', ')}`;
  throw new OvnDockerError('E_ACCESS_RULES', message);
}

/** Whole days until the credential expires; `never`, or undefined if Keystone does not show it. */
async function daysLeft({ session }: Cloud, id: string): Promise<number | 'never' | undefined> {
  try {
    const { expires_at: at } = await new ApplicationCredentials(session).get(id);
    return at === null ? 'never' : Math.floor((Date.parse(`${at}Z`) - Date.now()) / DAY_MS);
  } catch {
    return undefined;
  }
}

function inWords(days: number | 'never' | undefined): string {
  if (days === undefined) return 'Keystone does not show when it expires';
  return days === 'never' ? 'does not expire' : `expires in ${days} days`;
}
