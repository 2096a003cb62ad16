import { CloudConfigError } from '../errors.ts';
import { authFromSettings, tokenAuth } from './auth-from-settings.ts';
import { type Chosen, chooseCloud } from './choose-cloud.ts';
import type { Auth, CloudConfig } from './cloud-config.ts';
import { ConfigFiles } from './config-files.ts';
import { overridesFromEnvironment, settingsFromEnvironment } from './environment.ts';
import { fromSettings } from './from-settings.ts';
import { readBounded } from './read-file.ts';
import { inRegion } from './region.ts';
import type { CloudConfigSources } from './sources.ts';
import { whoElseCanChange } from './writers.ts';

/**
 * Reads from clouds.yaml, secure.yaml and the OS_* variables how to reach a cloud, and as which user.
 *
 * The cloud is the named one (`cloud`, OS_CLOUD), otherwise the one that the OS_* variables describe,
 * otherwise the `fallback`'s, otherwise the only one in clouds.yaml. All of its settings come from one
 * source, as in openstacksdk, unless the caller sets `authUrl`. A separate token (`token`, `tokenFile`,
 * OS_TOKEN) replaces only the cloud's credentials. OS_CACERT, OS_INTERFACE and OS_REGION_NAME contain neither
 * a secret nor a URL and override the settings of any cloud. trust.ts says which files may be combined.
 *
 * Sources: openstacksdk, "Configuring OpenStack SDK Applications"; python-openstackclient, "Configuration".
 *
 * @throws {CloudConfigError} CLOUD_NOT_FOUND, CLOUD_NO_CREDENTIALS, CLOUD_FIELD_MISSING, CLOUD_AUTH_TYPE,
 * CLOUD_NO_AUTH_URL, CLOUD_BAD_VALUE, CLOUD_FILE_INVALID, CLOUD_FILE_UNREADABLE, CLOUD_FILE_UNTRUSTED
 *
 * @example
 * ```ts
 * import { loadCloudConfig } from '@ovn-docker/openstack';
 *
 * const config = await loadCloudConfig({ env: process.env, cloud: 'lab', region: 'north' });
 * console.log(config.origin, config.authUrl);
 * ```
 */
export async function loadCloudConfig(sources: CloudConfigSources = {}): Promise<CloudConfig> {
  const env = sources.env ?? {};
  const warn = sources.onWarning ?? (() => undefined);
  const trustedOnly = sources.trustedFilesOnly ?? false;
  const acceptsPipes = sources.acceptsPipes ?? !trustedOnly;
  const files = new ConfigFiles({ trustedOnly, acceptsPipes, warn });
  const token = await separateToken(sources, acceptsPipes);
  const complete = token === undefined ? completeConfig(sources) : undefined;
  if (complete !== undefined) {
    if (trustedOnly) await requireTrusted(complete);
    return complete;
  }
  const chosen: Chosen = await chooseCloud(sources, files, token !== undefined);
  const region = sources.region ?? (env['OS_REGION_NAME'] || undefined);
  const settings = { ...inRegion(chosen.settings, region), ...overridesFromEnvironment(env) };
  const auth: Auth = token === undefined ? authFromSettings(chosen.name, settings) : tokenAuth(token);
  const config = fromSettings(chosen, settings, auth, {
    authUrl: sources.authUrl,
    fallbackAuthUrl: sources.fallback?.authUrl,
  });
  if (trustedOnly) await requireTrusted(config);
  return config;
}

/** The program's own configuration, if the caller and the environment name and describe no cloud. */
function completeConfig({ cloud, authUrl, env = {}, fallback }: CloudConfigSources): CloudConfig | undefined {
  const isNamed = cloud !== undefined || authUrl !== undefined || Boolean(env['OS_CLOUD']);
  return isNamed || settingsFromEnvironment(env) !== undefined ? undefined : fallback?.config;
}

/** A user who can change the authorities can pass for Keystone. */
async function requireTrusted({ caFile, certFile, keyFile }: CloudConfig): Promise<void> {
  for (const file of [caFile, certFile, keyFile]) await requireTrustedFile(file);
}

async function requireTrustedFile(file: string | undefined): Promise<void> {
  // If the file does not exist, the first connection says so.
  const writer = file === undefined ? undefined : await whoElseCanChange(file).catch(() => undefined);
  if (writer === undefined) return;
  throw new CloudConfigError('CLOUD_FILE_UNTRUSTED', `${file} is not trusted: ${writer}`);
}

/** The token that replaces a cloud's own credentials. */
async function separateToken(
  { token, tokenFile, env }: CloudConfigSources,
  acceptsPipe: boolean,
): Promise<string | undefined> {
  if (token !== undefined) return nonEmpty(token, 'the token');
  if (tokenFile !== undefined) return nonEmpty(await readToken(tokenFile, acceptsPipe), tokenFile);
  return env?.['OS_TOKEN']?.trim() || undefined;
}

async function readToken(path: string, acceptsPipe: boolean): Promise<string> {
  try {
    return (await readBounded(path, { acceptsPipe })).text.trim();
  } catch (cause) {
    if (cause instanceof CloudConfigError) throw cause;
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', `the token file ${path} cannot be read`, { cause });
  }
}

function nonEmpty(token: string, source: string): string {
  if (token.trim() === '') throw new CloudConfigError('CLOUD_NO_CREDENTIALS', `${source} is empty`);
  return token.trim();
}
