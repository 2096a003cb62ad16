import { type CloudConfig, CloudConfigError, loadCloudConfig, Neutron, Session } from '@ovn-docker/openstack';
import { OvnDockerError } from '../errors.ts';
import { explained } from './refusals.ts';

/** Keystone and Neutron with one credential. */
export interface Cloud extends Disposable {
  readonly session: Session;
  readonly neutron: Neutron;
}

export function openCloud(config: CloudConfig): Cloud {
  const session = new Session(config);
  return { session, neutron: new Neutron(session), [Symbol.dispose]: () => void session.close() };
}

/** Where a credential may come from; the first that is given wins (docs/decisions/design.md, decision 9). */
export interface CredentialSources {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly cloud?: string;
  readonly authUrl?: string;
  readonly cloudsFiles?: string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** @throws OvnDockerError `E_NO_CREDENTIAL` when none is given or it is not complete */
export async function findCloudConfig(sources: CredentialSources): Promise<CloudConfig> {
  const { cloudsFiles, ...rest } = sources;
  try {
    return await loadCloudConfig({ ...rest, ...(cloudsFiles ? { files: cloudsFiles } : {}) });
  } catch (error) {
    const hint = error instanceof CloudConfigError ? { hint: error.hint } : {};
    throw new OvnDockerError('E_NO_CREDENTIAL', (error as Error).message, { cause: error, ...hint });
  }
}

/** Logs in, so that a wrong or expired credential is reported as such before anything is begun. */
export async function login(cloud: Cloud): Promise<{ projectId: string }> {
  const token = await explained(cloud.session.token());
  const projectId = token.project?.id;
  if (!projectId) throw new OvnDockerError('E_TOKEN_REFUSED', 'the credential is not scoped to a project');
  return { projectId };
}
