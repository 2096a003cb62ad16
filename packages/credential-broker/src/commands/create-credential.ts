import { randomBytes } from 'node:crypto';
import {
  ApplicationCredentials,
  type CloudConfig,
  CloudConfigError,
  cloudsYaml,
  type IssuedToken,
  loadCloudConfig,
  networkEndpointPath,
  OpenStackClientError,
  OpenStackError,
  Session,
} from '@ovn-docker/openstack';
import { accessRulesFor } from '../api/access-rules.ts';
import { BrokerError } from '../errors.ts';
import { timeAfter } from './time-after.ts';

/** Options of `credential`, as the user writes them. */
export interface CredentialOptions {
  readonly osCloud?: string;
  readonly withNetworks?: true;
  readonly expires?: string;
  readonly name?: string;
  readonly role?: readonly string[];
}

/** A new credential. */
export interface Created {
  /** The text of clouds.yaml, with the secret. */
  readonly document: string;
  /** For people, without the secret. */
  readonly summary: string;
}

/** Where the sample configuration expects the files of the credential. */
const CLOUD = 'ovn-docker';
const CA_FILE = '/etc/ovn-docker-broker/ca.pem';

/**
 * Creates the application credential of a broker with the caller's own credential. Its access rules allow
 * what a broker sends to Neutron, and nothing else.
 *
 * @throws BrokerError NO_OWN_CREDENTIAL, CREDENTIAL_REFUSED, CLOUD_UNREACHABLE, OPTION_INVALID
 */
export async function createCredential(options: CredentialOptions, env = process.env): Promise<Created> {
  const expires = options.expires === undefined ? undefined : timeAfter(options.expires);
  const config = await findOwnCredential(options, env);
  await using session = new Session(config);
  try {
    return await createWith(session, config, { ...options, expires });
  } catch (cause) {
    if (!(cause instanceof OpenStackClientError)) throw cause;
    throw new BrokerError(isRefused(cause) ? 'CREDENTIAL_REFUSED' : 'CLOUD_UNREACHABLE', cause.message, {
      cause,
    });
  }
}

/** Whether Keystone knows the caller's credential and lets it create no other. */
function isRefused(error: OpenStackClientError): boolean {
  return error instanceof OpenStackError && (error.status === 403 || error.code === 'OPENSTACK_ACCESS_RULES');
}

async function findOwnCredential(
  { osCloud }: CredentialOptions,
  env: NodeJS.ProcessEnv,
): Promise<CloudConfig> {
  try {
    const onWarning = (warning: string) => void process.stderr.write(`warning: ${warning}\n`);
    return await loadCloudConfig({ env, onWarning, ...(osCloud === undefined ? {} : { cloud: osCloud }) });
  } catch (cause) {
    if (!(cause instanceof CloudConfigError)) throw cause;
    throw new BrokerError('NO_OWN_CREDENTIAL', cause.message, { cause });
  }
}

async function createWith(
  session: Session,
  config: CloudConfig,
  {
    withNetworks = false,
    expires,
    name,
    role,
  }: Omit<CredentialOptions, 'withNetworks' | 'expires'> & {
    readonly withNetworks?: boolean | undefined;
    readonly expires: Date | undefined;
  },
): Promise<Created> {
  const token = await session.token();
  const { project, user } = token;
  if (project === undefined)
    throw new BrokerError(
      'NO_OWN_CREDENTIAL',
      'the credential is for no project: a broker serves one project',
    );
  const endpointPath = await networkEndpointPath(session);
  const access_rules = accessRulesFor({ projectId: project.id, withNetworks, endpointPath });
  const secret = randomBytes(48).toString('base64url');
  const roles = role ?? narrowRoles(token);
  const created = await new ApplicationCredentials(session).create({
    // Names are unique for each user, and a new credential exists beside the one that it replaces.
    name: name ?? `ovn-docker-broker ${new Date().toISOString().slice(0, 19)}Z`,
    description: `ovn-docker-broker: credential of a broker for project ${project.id}`,
    secret,
    access_rules,
    // Keystone reads a time in UTC without a zone.
    ...(expires === undefined ? {} : { expires_at: expires.toISOString().replace('Z', '') }),
    ...(roles === undefined ? {} : { roles: roles.map((each) => ({ name: each })) }),
  });
  const expiry = created.expires_at === null ? 'does not expire' : `expires ${created.expires_at} UTC`;
  const title = `application credential ${created.name} (${created.id}) of ${user.name} in project ${project.name}, ${expiry}`;
  const caFile = config.caFile === undefined ? undefined : CA_FILE;
  const copy = caFile === undefined ? [] : [`copy ${config.caFile} to ${caFile} on the broker's machine`];
  const count = `${access_rules.length} access rules; delete it with \`openstack application credential delete ${created.id}\``;
  return {
    document: cloudsYaml({ cloud: CLOUD, id: created.id, secret, of: config, caFile, comment: title }),
    summary: `${[title, count, ...copy].join('\n')}\n`,
  };
}

/** `member`, if the user has it; undefined for all roles of the user. */
function narrowRoles({ roles = [] }: IssuedToken): readonly string[] | undefined {
  return roles.some(({ name }) => name === 'member') ? ['member'] : undefined;
}
