import {
  type Cloud,
  type CredentialSources,
  configuredCloud,
  findCloudConfig,
  login,
  openCloud,
} from '../clients/neutron/cloud.ts';
import { type AgentConfig, configuredVifId, readAgentConfig } from '../config/agent-config.ts';
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
  if (options.credFile === '') throw new OvnDockerError('E_NO_CREDENTIAL', '--cred-file is empty');
  if (options.cred) {
    process.stderr.write(
      'ovn-docker: warning: --cred shows the token to everybody who runs ps; prefer OS_TOKEN\n',
    );
  }
  return {
    options,
    config,
    sources: {
      env: process.env,
      fallback: configuredCloud(config),
      ...(options.cred ? { token: options.cred } : {}),
      ...(options.credFile ? { tokenFile: options.credFile } : {}),
      ...(options.osCloud ? { cloud: options.osCloud } : {}),
      ...(options.authUrl ? { authUrl: options.authUrl } : {}),
    },
  };
}

/** Neutron with the caller's credential, logged in. */
export async function openCallersCloud(settings: Settings): Promise<Cloud> {
  const cloud = openCloud(await findCloudConfig(settings.sources));
  await login(cloud);
  return cloud;
}

/**
 * The token that the caller gave for the agent to use, if one was given. Anything else that may stand for a credential is the
 * agent's own matter, which knows one cloud: what is asked for and cannot be had is refused, what only lies about is named.
 * @throws OvnDockerError `E_USAGE` `E_NO_CREDENTIAL`
 */
export async function callersToken({ options }: Settings): Promise<string | undefined> {
  for (const [option, value] of [
    ['--os-cloud', options.osCloud],
    ['--auth-url', options.authUrl],
  ]) {
    if (value === undefined) continue;
    throw new OvnDockerError('E_USAGE', `${option} does not go with \`run\`: the agent asks its own cloud`, {
      hint: 'leave it out to use the agent’s credential, or give a token: OS_TOKEN="$(ovn-docker --os-cloud CLOUD token)"',
    });
  }
  if (options.cred) return options.cred;
  if (options.credFile !== undefined) return await readToken(options.credFile);
  const token = process.env['OS_TOKEN']?.trim();
  if (token) return token;
  if (
    process.env['OS_PASSWORD'] ||
    process.env['OS_APPLICATION_CREDENTIAL_SECRET'] ||
    process.env['OS_CLOUD']
  ) {
    process.stderr.write(
      'ovn-docker: note: `run` uses the agent’s credential and not that of OS_*; OS_TOKEN="$(ovn-docker token)" makes it yours\n',
    );
  }
  return undefined;
}

async function readToken(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new OvnDockerError('E_NO_CREDENTIAL', `cannot read the credential file: ${error.message}`);
  });
  if (text.trim() !== '') return text.trim();
  throw new OvnDockerError('E_NO_CREDENTIAL', `the credential file ${file} is empty`);
}

/** The id of the VM's own port, when the caller, the environment or the configuration says it. */
export function givenVifId({ options, config }: Settings): string | undefined {
  return options.vifId ?? configuredVifId(config);
}

/** @throws OvnDockerError `E_NOT_ROOT` */
export function requireRoot(command: string): void {
  if (process.getuid?.() !== 0)
    throw new OvnDockerError('E_NOT_ROOT', `\`ovn-docker ${command}\` needs root`);
}
