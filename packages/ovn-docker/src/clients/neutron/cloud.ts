import {
  type AnswerLimits,
  type CloudConfig,
  CloudConfigError,
  CloudConnection,
  type CloudFallback,
  type IssuedToken,
  loadCloudConfig,
  type NamedRef,
  Neutron,
  Session,
  type SessionOptions,
} from '@ovn-docker/openstack';
import { OvnDockerError } from '../../errors.ts';
import { askForVm, type BrokeredVm } from '../broker/ask.ts';
import { isBrokered } from '../broker/membership.ts';
import { readExtensions } from './extensions.ts';
import { explained } from './refusals.ts';
import { TaggedPorts } from './tagged-ports.ts';

/** Keystone and Neutron with one credential. */
export interface Cloud extends Disposable {
  readonly session: Session;
  readonly neutron: Neutron;
  /**
   * The same cloud with a token as credential, over the same connections and within the same request limit.
   * @throws OvnDockerError `E_BROKER_REFUSED` behind a broker, which accepts no tokens
   */
  withToken(token: string): Cloud;
}

/**
 * Parsing an answer blocks the agent's event loop: an honest one for 3 ms, a hostile one (deep nesting, or
 * an object with many keys) for 40 ms. A page of 200 ports has about a quarter of this length, a trunk of
 * 4,094 subports half.
 */
export const ANSWER_LIMITS = { answerBytes: 3 * 2 ** 18, pageSize: 200 } as const satisfies AnswerLimits;

/** @param credential how the session reads its credential again, and the listener for the result */
export function openCloud(
  given: CloudConfig,
  credential: Pick<SessionOptions, 'reread' | 'onCredential'> = {},
): Cloud {
  const config = { ...given, limits: { ...ANSWER_LIMITS, ...given.limits } };
  const connection = new CloudConnection(config);
  return { ...openOver(connection, config, credential), [Symbol.dispose]: () => void connection.close() };
}

/** Uses a connection that the caller opened and closes. */
function openOver(connection: CloudConnection, config: CloudConfig, options: SessionOptions = {}): Cloud {
  const session = new Session(config, { ...options, connection });
  const plain = new Neutron(session, isBrokered(config) ? { ownProject: ownProjectOf(session) } : {});
  const ports = new TaggedPorts(plain.ports, () => keepsTagsAtCreation(plain, config.authUrl));
  const neutron = Object.assign(plain, { ports });
  const withToken = (token: string) => {
    // The token would be sent to the broker, which has no use for it.
    if (isBrokered(session.config)) {
      throw new OvnDockerError(
        'E_BROKER_REFUSED',
        'the agent works through a broker, which accepts no tokens',
        {
          hint: 'leave the token out: the agent then uses what the broker allows this VM',
        },
      );
    }
    return openOver(connection, { ...session.config, auth: { type: 'token', token } });
  };
  return { session, neutron, withToken, [Symbol.dispose]: () => undefined };
}

/** Asks the broker for the VM's project, until it has answered once. */
function ownProjectOf(session: Session): () => Promise<string> {
  let known: string | undefined;
  return async () => {
    known ??= (await askForVm(session)).project_id;
    return known;
  };
}

/**
 * Whether Neutron keeps the tags of a new port, by the URL of the cloud's Keystone: the same for every
 * credential.
 */
const tagSupport = new Map<string, Promise<boolean>>();

function keepsTagsAtCreation(neutron: Neutron, authUrl: string): Promise<boolean> {
  const known = tagSupport.get(authUrl);
  if (known !== undefined) return known;
  const support = readExtensions(neutron).then((all) =>
    all.some(({ alias }) => alias === 'tag-ports-during-bulk-creation'),
  );
  tagSupport.set(authUrl, support);
  // After a failure, the next port asks Neutron again.
  support.catch(() => tagSupport.delete(authUrl));
  return support;
}

/**
 * Where a credential may come from; the first source that is set wins (docs/decisions/design.md, decision 9).
 */
export interface CredentialSources {
  readonly token?: string;
  readonly tokenFile?: string;
  readonly cloud?: string;
  readonly authUrl?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly fallback?: CloudFallback;
  /** For the agent: read only files that root alone can change. */
  readonly trustedFilesOnly?: boolean;
  /** Whether files may be pipes, which can be read only once. Default true, but not for the agent. */
  readonly acceptsPipes?: boolean;
  /** Learns which files are ignored, and why. */
  readonly onWarning?: (message: string) => void;
}

/** @throws OvnDockerError `E_NO_CREDENTIAL` when there is no credential or it is incomplete */
export async function findCloudConfig(sources: CredentialSources): Promise<CloudConfig> {
  try {
    return await loadCloudConfig(sources);
  } catch (error) {
    const hint = error instanceof CloudConfigError ? { hint: error.hint } : {};
    throw new OvnDockerError('E_NO_CREDENTIAL', (error as Error).message, { cause: error, ...hint });
  }
}

/** As whom the requests of a cloud are sent. */
export interface Access {
  readonly projectId: string;
  /** Roles in this project; none behind a broker, which has rules of its own. */
  readonly roles: readonly Pick<NamedRef, 'name'>[];
  /** Absent behind a broker. */
  readonly token?: IssuedToken;
  /** The VM for which a broker lets the requests pass. */
  readonly vm?: BrokeredVm;
}

/** Logs in, so that a wrong or expired credential or certificate is reported before the work begins. */
export async function login({ session }: Pick<Cloud, 'session'>): Promise<Access> {
  if (isBrokered(session.config)) {
    const vm = await explained(askForVm(session));
    return { projectId: vm.project_id, roles: [], vm };
  }
  const token = await explained(session.token());
  const projectId = token.project?.id;
  if (!projectId) throw new OvnDockerError('E_NO_PROJECT', 'the credential is not scoped to a project');
  return { projectId, roles: token.roles ?? [], token };
}
