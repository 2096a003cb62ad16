import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  ApplicationCredentials,
  type CloudConfig,
  networkEndpointPath,
  type Port,
} from '@ovn-docker/openstack';
import { cutText } from '../../clients/cut-text.ts';
import { accessRulesFor, ownExpiryRule } from '../../clients/neutron/agent-calls.ts';
import { type Cloud, login } from '../../clients/neutron/cloud.ts';
import { readExtensions } from '../../clients/neutron/extensions.ts';
import { explained } from '../../clients/neutron/refusals.ts';
import { OvnDockerError } from '../../errors.ts';
import { chooseMode, mayBindPorts, type Offer, type ParentMode } from '../../vm/parent-link/parent-mode.ts';
import { Trunk } from '../../vm/parent-link/trunk.ts';
import { type CredentialUse, describeUse } from './description.ts';
import { CA_FILE, cloudInit, vmCloudsYaml } from './documents.ts';
import { findVmPort } from './find-vm-port.ts';
import { openSecretOutput } from './secret-output.ts';

/** The options of the command. */
interface Request {
  readonly vm: string;
  readonly expires?: string;
  readonly output?: 'clouds.yaml' | 'cloud-init';
  readonly file?: string;
  readonly name?: string;
  readonly networks?: boolean;
  readonly role?: readonly string[];
  readonly mode?: ParentMode;
}

/**
 * Creates the VM's trunk if the agent needs one and there is none, then the credential, and prints it. The
 * secret leaves this process in the document only.
 * @throws OvnDockerError `E_VIF_UNKNOWN` `E_TRUNK_REFUSED` `E_FORBIDDEN` …
 */
export async function createCredential(cloud: Cloud, config: CloudConfig, request: Request): Promise<void> {
  await using output = await openSecretOutput(request.file);
  const { projectId } = await login(cloud);
  const token = await cloud.session.token();
  const port = await findVmPort(cloud.neutron, request.vm);
  // Mode trunk needs no list of extensions.
  const extensions = request.mode === 'trunk' ? [] : await explained(readExtensions(cloud.neutron));
  const offer = { extensions, roles: token.roles ?? [] };
  const mode = request.mode ?? chooseMode('auto', offer);
  const trunkId = mode === 'trunk' ? await explained(new Trunk(cloud.neutron, port.id).ensure()) : undefined;
  const authorities = config.caFile === undefined ? undefined : await readFile(config.caFile, 'utf8');

  const endpointPath = await explained(networkEndpointPath(cloud.session));
  const withNetworks = request.networks ?? false;
  const rules = accessRulesFor({ projectId, trunkId, withNetworks, endpointPath });
  const use: CredentialUse = { vifId: port.id, trunkId };
  const secret = randomBytes(48).toString('base64url');
  const roles = request.role ?? narrowRoles(mode, offer);
  const credential = await new ApplicationCredentials(cloud.session)
    .create({
      name: request.name ?? defaultName(port),
      description: describeUse(use),
      secret,
      access_rules: [...rules, ownExpiryRule(token.user.id)],
      ...(request.expires === undefined ? {} : { expires_at: request.expires }),
      ...(roles === undefined ? {} : { roles: roles.map((name) => ({ name })) }),
    })
    .catch((error: unknown) => explained(Promise.reject(error)).catch(withKeystoneHint));

  const expiry = credential.expires_at === null ? 'does not expire' : `expires ${credential.expires_at} UTC`;
  const summary = `application credential ${credential.name} (${credential.id}) of ${token.user.name} in project ${token.project?.name}, ${expiry}`;
  const document = request.output === 'cloud-init' ? cloudInit : vmCloudsYaml;
  const text = document({
    id: credential.id,
    secret,
    of: config,
    authorities,
    comment: `${summary}; for the VM with port ${port.id}`,
    vifId: port.id,
    mode,
  });
  await output.write(text);
  const trunk = trunkId === undefined ? 'the mode port-binding' : `trunk ${trunkId} only`;
  const copyAuthorities =
    authorities !== undefined && request.output !== 'cloud-init'
      ? `copy ${config.caFile} to ${CA_FILE} in the VM\n`
      : '';
  process.stderr.write(
    `${summary}\n${rules.length + 1} access rules, for ${trunk}; delete it with \`ovn-docker credential delete ${credential.id}\`\n${copyAuthorities}`,
  );
}

/** `member`, if that is enough and the user has it; undefined for all roles of the user. */
function narrowRoles(mode: ParentMode, { extensions, roles }: Offer): readonly string[] | undefined {
  const isEnough = mode === 'trunk' || mayBindPorts({ extensions, roles: [] });
  return isEnough && roles.some(({ name }) => name === 'member') ? ['member'] : undefined;
}

/** Names are unique for each user, and a new credential exists beside the one that it replaces. */
function defaultName({ id, name }: Port): string {
  return `ovn-docker ${cutText(name || id, 200)} ${new Date().toISOString().slice(0, 19)}Z`;
}

/** Keystone lets neither a restricted application credential nor a trust create credentials. */
function withKeystoneHint(error: unknown): never {
  if (!(error instanceof OvnDockerError) || error.code !== 'E_FORBIDDEN') throw error;
  const hint =
    'run it with your password, or with a token from your password: Keystone lets no restricted application credential create another one';
  throw new OvnDockerError(error.code, error.message, { hint, cause: error });
}
