import { readFile } from 'node:fs/promises';
import { CloudConfigError } from '../errors.ts';
import { authFromSettings, tokenAuth } from './auth-from-settings.ts';
import type { Auth, CloudConfig } from './cloud-config.ts';
import { settingsFromEnvironment } from './environment.ts';
import { fromSettings } from './from-settings.ts';
import { isSettings, mergeSettings, readFirst, type Settings, settingsAt } from './read-file.ts';
import { cloudsFileCandidates, secureFileCandidates } from './search-path.ts';

/** Where credentials may come from. */
export interface CloudConfigSources {
  /** Variables to look at; none when not given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Name of a cloud in clouds.yaml; goes before OS_CLOUD. */
  readonly cloud?: string;
  /** A token, which goes before every other credential. */
  readonly token?: string;
  /** A file with a token in it; goes after `token` and before OS_TOKEN. */
  readonly tokenFile?: string;
  /** Keystone's URL; goes before the cloud's. */
  readonly authUrl?: string;
  /** Region; goes before OS_REGION_NAME and the cloud's. */
  readonly region?: string;
  /** clouds.yaml files to try, in place of the search path; secure.yaml is then looked for beside them. */
  readonly files?: readonly string[];
  /** First directory of the search path; the process's own when not given. */
  readonly cwd?: string;
}

interface ChosenCloud {
  /** How errors name it. */
  readonly name: string;
  readonly settings: Settings;
}

/**
 * Finds out how to reach a cloud and as whom. The cloud is the one that is named (`cloud`, OS_CLOUD), else the one that
 * the OS_* variables describe, else the only one in clouds.yaml. A token that is given on its own replaces the
 * cloud's credentials and nothing else of it.
 *
 * @throws {CloudConfigError}
 */
export async function loadCloudConfig(sources: CloudConfigSources = {}): Promise<CloudConfig> {
  const env = sources.env ?? {};
  const chosen = await chooseCloud(sources);
  const token = await givenToken(sources);
  const auth: Auth = token === undefined ? authFromSettings(chosen.name, chosen.settings) : tokenAuth(token);
  return fromSettings(chosen.name, chosen.settings, auth, {
    authUrl: sources.authUrl,
    region: sources.region ?? (env['OS_REGION_NAME'] || undefined),
  });
}

async function chooseCloud(sources: CloudConfigSources): Promise<ChosenCloud> {
  const env = sources.env ?? {};
  const named = sources.cloud ?? (env['OS_CLOUD'] || undefined);
  const variables = settingsFromEnvironment(env);
  if (named === undefined && variables !== undefined) return { name: 'the environment', settings: variables };

  const { clouds, path } = await readClouds(sources);
  const names = Object.keys(clouds);
  const name = named ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) return withoutCloud(sources, names, path);
  const settings = clouds[name];
  if (isSettings(settings)) return { name: `cloud '${name}'`, settings };
  const known =
    path === undefined ? 'no clouds.yaml was found' : `${path} has: ${names.join(', ') || 'none'}`;
  throw new CloudConfigError('CLOUD_NOT_FOUND', `there is no cloud '${name}'; ${known}`);
}

/** A URL and a token are enough. */
function withoutCloud(
  sources: CloudConfigSources,
  names: readonly string[],
  path: string | undefined,
): ChosenCloud {
  if (sources.authUrl !== undefined) return { name: 'the configuration', settings: {} };
  if (path !== undefined && names.length > 1) {
    const message = `${path} has several clouds and none is named: ${names.join(', ')}`;
    throw new CloudConfigError('CLOUD_NOT_FOUND', message);
  }
  const message = 'there is no clouds.yaml with a cloud in it, and no OS_* variable';
  throw new CloudConfigError('CLOUD_NO_CREDENTIALS', message);
}

async function readClouds(sources: CloudConfigSources): Promise<{ clouds: Settings; path?: string }> {
  const origin = { env: sources.env ?? {}, cwd: sources.cwd ?? process.cwd() };
  const found = await readFirst(sources.files ?? cloudsFileCandidates(origin));
  const secure = await readFirst(secureFileCandidates(origin, sources.files));
  const merged = mergeSettings(found?.settings ?? {}, secure?.settings ?? {});
  const clouds = settingsAt(merged, 'clouds');
  return found === undefined ? { clouds } : { clouds, path: found.path };
}

async function givenToken({ token, tokenFile, env }: CloudConfigSources): Promise<string | undefined> {
  if (token !== undefined) return nonEmpty(token, 'the given token');
  if (tokenFile !== undefined) return nonEmpty(await readToken(tokenFile), tokenFile);
  return env?.['OS_TOKEN'] || undefined;
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', `the token file ${path} cannot be read`, { cause });
  }
}

function nonEmpty(token: string, what: string): string {
  if (token.trim() === '') throw new CloudConfigError('CLOUD_NO_CREDENTIALS', `${what} is empty`);
  return token.trim();
}
