import type { IssuedToken } from '@ovn-docker/openstack';
import { missingCalls } from '../../clients/neutron/agent-calls.ts';
import { ApplicationCredentials } from '../../clients/neutron/application-credentials.ts';
import type { Cloud } from '../../clients/neutron/cloud.ts';
import { endpointPathOf } from '../../clients/neutron/endpoint-path.ts';
import { OvnDockerError } from '../../errors.ts';

/**
 * How narrow an application credential is and when it expires, in words; nothing for another credential.
 * @throws OvnDockerError `E_ACCESS_RULES` when its access rules forbid calls that every agent needs
 */
export async function describeCredential(cloud: Cloud, token: IssuedToken): Promise<string[]> {
  const credential = token.application_credential;
  if (credential === undefined) return [];
  const { access_rules: rules, name, restricted } = credential;
  await requireCalls(cloud, token);
  const width =
    rules === undefined
      ? 'no access rules, so it allows all that its roles do (docs/credentials.md)'
      : `${rules.length} access rules`;
  const more = restricted ? '' : '; unrestricted: it can create and delete application credentials';
  return [`${name}: ${width}${more}; ${await expiryOf(cloud, credential.id)}`];
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
  const endpointPath = await endpointPathOf(cloud.session).catch(() => '');
  const missing = missingCalls(rules, { projectId: token.project?.id ?? '', trunkId, endpointPath });
  if (missing.length === 0) return;
  const message = `the access rules of application credential ${name} do not allow ${missing.join(', ')}`;
  throw new OvnDockerError('E_ACCESS_RULES', message);
}

async function expiryOf({ session }: Cloud, id: string): Promise<string> {
  try {
    const { expires_at: at } = await new ApplicationCredentials(session).get(id);
    if (at === null) return 'does not expire';
    const days = Math.floor((Date.parse(`${at}Z`) - Date.now()) / 86_400_000);
    return `expires ${at} UTC, in ${days} days`;
  } catch {
    return 'Keystone does not show when it expires';
  }
}
