import type { AgentClient } from '../api/client.ts';
import type { Cloud, CredentialSources } from '../clients/neutron/cloud.ts';
import { configuredCloud } from '../clients/neutron/configured-cloud.ts';
import type { ConnectedVm } from '../clients/vm-sockets/connect-vm.ts';
import type { AgentConfig } from '../config/agent-config.ts';
import { environmentWarnings } from '../config/check-environment.ts';
import { configuredVifId } from '../config/vif-id.ts';
import { OvnDockerError } from '../errors.ts';
import { writeToStderr } from '../observe/journal.ts';
import type { GlobalOptions } from './global-options.ts';

/** The input of every command: the global options, the configuration, and the sources of a credential. */
export interface Settings {
  readonly options: GlobalOptions;
  readonly config: AgentConfig;
  readonly sources: CredentialSources;
  /** The VM of `--host`, if it is another one; `config` then leads to its agent. */
  readonly vm?: ConnectedVm;
}

/** @throws OvnDockerError `E_CONFIG` `E_NO_CREDENTIAL` */
export async function readSettings(options: GlobalOptions): Promise<Settings> {
  const { readAgentConfig } = await import('../config/agent-config.ts');
  const config = await readAgentConfig(options.config, printWarning);
  if (options.cred === '') throw new OvnDockerError('E_NO_CREDENTIAL', '--cred is empty');
  if (options.credFile === '') throw new OvnDockerError('E_NO_CREDENTIAL', '--cred-file is empty');
  for (const [option, value] of [
    ['--os-cloud', options.osCloud],
    ['--auth-url', options.authUrl],
    ['--vif-id', options.vifId],
    ['--network', options.network],
    ...(options.securityGroup ?? []).map((group) => ['--security-group', group] as const),
  ] as const) {
    if (value?.trim() === '') throw new OvnDockerError('E_USAGE', `${option} is empty`);
  }
  for (const warning of environmentWarnings(process.env)) printWarning(warning);
  if (options.cred) {
    printWarning('--cred shows the token to every user who runs ps; prefer OS_TOKEN');
  }
  return {
    options,
    config,
    sources: {
      env: process.env,
      fallback: configuredCloud(config),
      onWarning: printWarning,
      ...(options.cred ? { token: options.cred } : {}),
      ...(options.credFile ? { tokenFile: options.credFile } : {}),
      ...(options.osCloud ? { cloud: options.osCloud } : {}),
      ...(options.authUrl ? { authUrl: options.authUrl } : {}),
    },
  };
}

function printWarning(warning: string): void {
  writeToStderr('warn', `ovn-docker: warning: ${warning}\n`);
}

/** The client of this VM's agent; it connects with the first request. */
export async function openAgent({ config }: Settings): Promise<AgentClient> {
  const { AgentClient } = await import('../api/client.ts');
  return new AgentClient(config.socket);
}

/** Opens a Neutron client and logs in with the caller's credential. */
export async function openCallersCloud(settings: Settings): Promise<Cloud> {
  const { findCloudConfig, login, openCloud } = await import('../clients/neutron/cloud.ts');
  const config = await findCloudConfig(settings.sources).catch(addRootHint);
  // The credential may be exchanged while a long command runs; the warnings were printed above.
  const reread = () =>
    findCloudConfig({ ...settings.sources, acceptsPipes: false, onWarning: () => undefined });
  const cloud = openCloud(config, { reread });
  await login(cloud);
  return cloud;
}

/** Only root may read the configuration, which names the agent's credential. */
function addRootHint(error: unknown): never {
  if (!(error instanceof OvnDockerError) || error.code !== 'E_NO_CREDENTIAL' || process.getuid?.() === 0)
    throw error;
  const hint = `bring your own credential, or run the command as root with the agent’s; ${error.hint}`;
  throw new OvnDockerError(error.code, error.message, { cause: error, hint });
}

/**
 * The caller's token, which `run` passes to the agent; undefined if the agent uses its own credential. The
 * agent works with one cloud only, so `run` in the VM refuses options that name another; outside the VM, they
 * name the caller's own credential, and the agent gets a token of it. OS_* variables without a token are
 * ignored, with a note: the agent's own credential allows warm NICs.
 * @param outside whether the agent is in another VM
 * @throws OvnDockerError `E_USAGE` `E_NO_CREDENTIAL`
 */
export async function callersToken(settings: Settings, outside: boolean): Promise<string | undefined> {
  const { options } = settings;
  const namesCloud = options.osCloud !== undefined || options.authUrl !== undefined;
  if (outside && namesCloud) {
    using cloud = await openCallersCloud(settings);
    return (await cloud.session.token()).id;
  }
  for (const [option, value] of [
    ['--os-cloud', options.osCloud],
    ['--auth-url', options.authUrl],
  ]) {
    if (value === undefined) continue;
    throw new OvnDockerError('E_USAGE', `\`run\` does not accept ${option}: the agent uses its own cloud`, {
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
      'ovn-docker: note: the agent uses its own credential, not that of OS_*; to use yours, set OS_TOKEN="$(ovn-docker token)"\n',
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

/** The id of the VM's own port, if an option, the environment or the configuration contains it. */
export function givenVifId({ options, config }: Settings): string | undefined {
  return options.vifId ?? configuredVifId(config);
}
