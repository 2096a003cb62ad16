import { type CloudConfig, CloudConfigError, loadCloudConfig, Neutron, Session } from '@ovn-docker/openstack';
import { OvnDockerError } from '../errors.ts';
import { MarkedPorts } from './marked-ports.ts';
import { explained } from './refusals.ts';

/** Keystone and Neutron with one credential. */
export interface Cloud extends Disposable {
  readonly session: Session;
  readonly neutron: Neutron;
}

export function openCloud(config: CloudConfig): Cloud {
  const session = new Session(config);
  const plain = new Neutron(session);
  const ports = new MarkedPorts(plain.ports, () => keepsTags(plain, config.authUrl));
  const neutron = Object.assign(plain, { ports });
  return { session, neutron, [Symbol.dispose]: () => void session.close() };
}

/** What is known of clouds, by the address of their Keystone: it is the same for every credential, and asked once. */
const tagKeepers = new Map<string, Promise<boolean>>();

function keepsTags(neutron: Neutron, authUrl: string): Promise<boolean> {
  const known = tagKeepers.get(authUrl);
  if (known !== undefined) return known;
  const asked = neutron
    .extensions()
    .then((all) => all.some(({ alias }) => alias === 'tag-ports-during-bulk-creation'));
  tagKeepers.set(authUrl, asked);
  // A failure is forgotten, so that the next port asks again.
  asked.catch(() => tagKeepers.delete(authUrl));
  return asked;
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
