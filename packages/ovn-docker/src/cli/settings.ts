import { type Cloud, type CredentialSources, findCloudConfig, login, openCloud } from '../clients/cloud.ts';
import { type AgentConfig, readAgentConfig } from '../config/agent-config.ts';
import { OvnDockerError } from '../errors.ts';

/** The options that stand before the command. */
export interface GlobalOptions {
  readonly cred?: string;
  readonly credFile?: string;
  readonly osCloud?: string;
  readonly authUrl?: string;
  readonly vifId?: string;
  readonly network?: string;
  /** Names or ids, for what `run` starts. */
  readonly securityGroup?: string[];
  readonly config?: string;
  readonly debug?: boolean;
}

/** What every command works with: the options, the configuration, and where a credential comes from. */
export interface Settings {
  readonly options: GlobalOptions;
  readonly config: AgentConfig;
  readonly sources: CredentialSources;
}

export async function readSettings(options: GlobalOptions): Promise<Settings> {
  const config = await readAgentConfig(options.config);
  if (options.cred === '') throw new OvnDockerError('E_NO_CREDENTIAL', '--cred is empty');
  if (options.cred) {
    process.stderr.write(
      'ovn-docker: warning: --cred shows the token to everybody who runs ps; prefer OS_TOKEN\n',
    );
  }
  const cloud = options.osCloud ?? process.env['OS_CLOUD'] ?? config.cloud.cloud;
  const authUrl = options.authUrl ?? process.env['OS_AUTH_URL'] ?? config.cloud.auth_url;
  return {
    options,
    config,
    sources: {
      env: process.env,
      ...(options.cred ? { token: options.cred } : {}),
      ...(options.credFile ? { tokenFile: options.credFile } : {}),
      ...(cloud ? { cloud } : {}),
      ...(authUrl ? { authUrl } : {}),
      ...(config.cloud.clouds_yaml ? { cloudsFiles: [config.cloud.clouds_yaml] } : {}),
    },
  };
}

/** Neutron with the caller's credential, logged in. */
export async function openCallersCloud(settings: Settings): Promise<Cloud> {
  const cloud = openCloud(await findCloudConfig(settings.sources));
  await login(cloud);
  return cloud;
}

/** The token that the caller gave for the agent to use, if one was given. */
export async function callersToken({ options }: Settings): Promise<string | undefined> {
  if (options.cred) return options.cred;
  if (!options.credFile) return process.env['OS_TOKEN'] || undefined;
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(options.credFile, 'utf8').catch((error: Error) => {
    throw new OvnDockerError('E_NO_CREDENTIAL', `cannot read the credential file: ${error.message}`);
  });
  return text.trim();
}

/** The id of the VM's own port, when the caller, the environment or the configuration says it. */
export function givenVifId({ options, config }: Settings): string | undefined {
  return options.vifId ?? process.env['OS_VIF_ID'] ?? config.vif_id;
}

/** @throws OvnDockerError `E_NOT_ROOT` */
export function requireRoot(command: string): void {
  if (process.getuid?.() !== 0)
    throw new OvnDockerError('E_NOT_ROOT', `\`ovn-docker ${command}\` needs root`);
}
