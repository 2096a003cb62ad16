import {
  type CloudConfig,
  CloudConfigError,
  CloudConnection,
  type CloudFallback,
  loadCloudConfig,
  Neutron,
  Session,
} from '@ovn-docker/openstack';
import type { AgentConfig } from '../../config/agent-config.ts';
import { OvnDockerError } from '../../errors.ts';
import { MarkedPorts } from './marked-ports.ts';
import { explained } from './refusals.ts';

/** Keystone and Neutron with one credential. */
export interface Cloud extends Disposable {
  readonly session: Session;
  readonly neutron: Neutron;
  /** The same cloud as the owner of a token, over the same connections and within the same limit. */
  withToken(token: string): Cloud;
}

export function openCloud(config: CloudConfig): Cloud {
  const connection = new CloudConnection(config);
  return { ...openOver(connection, config), [Symbol.dispose]: () => void connection.close() };
}

/** Whoever made the connection closes it. */
function openOver(connection: CloudConnection, config: CloudConfig): Cloud {
  const session = new Session(config, { connection });
  const plain = new Neutron(session);
  const ports = new MarkedPorts(plain.ports, () => keepsTags(plain, config.authUrl));
  const neutron = Object.assign(plain, { ports });
  const withToken = (token: string) => openOver(connection, { ...config, auth: { type: 'token', token } });
  return { session, neutron, withToken, [Symbol.dispose]: () => undefined };
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
  readonly env?: NodeJS.ProcessEnv;
  readonly fallback?: CloudFallback;
}

/** What the configuration says of the cloud: it counts where neither an option nor the environment says anything. */
export function configuredCloud({ cloud: { cloud, clouds_yaml, auth_url } }: AgentConfig): CloudFallback {
  return {
    ...(cloud ? { cloud } : {}),
    ...(clouds_yaml ? { files: [clouds_yaml] } : {}),
    ...(auth_url ? { authUrl: auth_url } : {}),
  };
}

/** @throws OvnDockerError `E_NO_CREDENTIAL` when none is given or it is not complete */
export async function findCloudConfig(sources: CredentialSources): Promise<CloudConfig> {
  try {
    return await loadCloudConfig(sources);
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
