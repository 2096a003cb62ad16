import { readFile } from 'node:fs/promises';
import { CloudConfigError } from '../errors.ts';
import { authFromSettings, tokenAuth } from './auth-from-settings.ts';
import type { Auth, CloudConfig } from './cloud-config.ts';
import { overridesFromEnvironment, settingsFromEnvironment } from './environment.ts';
import { fromSettings } from './from-settings.ts';
import { isSettings, mergeSettings, readFirst, type Search, type Settings, settingsAt } from './read-file.ts';
import { inRegion } from './region.ts';
import { cloudsFileCandidates, secureFileCandidates } from './search-path.ts';

/**
 * A program's own configuration. It applies if neither the caller nor the environment names or describes a
 * cloud.
 */
export interface CloudFallback {
  /** Name of a cloud in `files`, or in the search path if `files` is undefined. */
  readonly cloud?: string;
  /** clouds.yaml files; the first readable one is used. */
  readonly files?: readonly string[];
  /** Keystone's URL for a cloud without one, or for a token without a cloud. */
  readonly authUrl?: string;
}

/** Sources of a {@link CloudConfig}. Each is optional. */
export interface CloudConfigSources {
  /** Environment variables, usually `process.env`. Default: none. */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Name of a cloud in clouds.yaml; overrides OS_CLOUD. `envvars` is the cloud that the variables describe.
   */
  readonly cloud?: string;
  /** A token; overrides every other credential. */
  readonly token?: string;
  /** Path of a file that contains a token; overrides OS_TOKEN, but not `token`. */
  readonly tokenFile?: string;
  /** Keystone's URL; overrides the cloud's. */
  readonly authUrl?: string;
  /** Region; overrides OS_REGION_NAME and the cloud's. */
  readonly region?: string;
  /** clouds.yaml files to try instead of the search path. secure.yaml is then expected beside them. */
  readonly files?: readonly string[];
  /** First directory of the search path. Default: the process's working directory. */
  readonly cwd?: string;
  /** The program's own configuration. */
  readonly fallback?: CloudFallback;
}

interface ChosenCloud {
  /** The cloud's name in error messages. */
  readonly name: string;
  readonly settings: Settings;
}

/**
 * Reads from clouds.yaml, secure.yaml and the OS_* variables how to reach a cloud, and as which user.
 *
 * The cloud is the named one (`cloud`, OS_CLOUD), otherwise the one that the OS_* variables describe,
 * otherwise the `fallback`'s, otherwise the only one in clouds.yaml. All of its settings come from one
 * source, as in openstacksdk, so that no secret is sent to a URL from another source, unless the caller sets
 * `authUrl`. A separate token (`token`, `tokenFile`, OS_TOKEN) replaces only the cloud's credentials.
 * OS_CACERT, OS_INTERFACE and OS_REGION_NAME contain neither a secret nor a URL and override the settings of
 * any cloud.
 *
 * Sources: openstacksdk, "Configuring OpenStack SDK Applications"; python-openstackclient, "Configuration".
 *
 * @throws {CloudConfigError} CLOUD_NOT_FOUND, CLOUD_NO_CREDENTIALS, CLOUD_NO_AUTH_URL, CLOUD_BAD_VALUE,
 * CLOUD_FILE_INVALID, CLOUD_FILE_UNREADABLE
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
  const token = await separateToken(sources);
  const chosen = await chooseCloud(sources, token !== undefined);
  const region = sources.region ?? (env['OS_REGION_NAME'] || undefined);
  const settings = { ...inRegion(chosen.settings, region), ...overridesFromEnvironment(env) };
  const auth: Auth = token === undefined ? authFromSettings(chosen.name, settings) : tokenAuth(token);
  return fromSettings(chosen.name, settings, auth, {
    authUrl: sources.authUrl,
    fallbackAuthUrl: sources.fallback?.authUrl,
  });
}

async function chooseCloud(sources: CloudConfigSources, hasToken: boolean): Promise<ChosenCloud> {
  const { env = {}, fallback = {} } = sources;
  const cloudName = sources.cloud ?? (env['OS_CLOUD'] || undefined);
  const variables = settingsFromEnvironment(env);
  const acceptsVariables = cloudName === undefined || cloudName === (env['OS_CLOUD_NAME'] || 'envvars');
  if (acceptsVariables && variables !== undefined) return { name: 'the OS_* variables', settings: variables };

  const origin = { env, cwd: sources.cwd ?? process.cwd() };
  const usersClouds = await readClouds(
    sources.files ?? cloudsFileCandidates(origin),
    secureFileCandidates(origin, sources.files),
  );
  const files = fallback.files ?? [];
  // OS_CLIENT_SECURE_FILE belongs to the user's files, not to the program's.
  const programsClouds = await readClouds(files, secureFileCandidates({ ...origin, env: {} }, files));
  // A name from the caller or OS_CLOUD is looked up in the user's files first.
  const usersFirst = [usersClouds, programsClouds];
  if (cloudName !== undefined) return findCloud(cloudName, usersFirst) ?? throwUnknown(cloudName, usersFirst);
  const places = [programsClouds, usersClouds];
  const cloud =
    fallback.cloud === undefined
      ? (onlyCloud(programsClouds) ?? onlyCloud(usersClouds))
      : findCloud(fallback.cloud, fallback.files === undefined ? [usersClouds] : [programsClouds]);
  if (cloud !== undefined) return cloud;
  // With a URL and a token no cloud is needed.
  const authUrl = sources.authUrl ?? fallback.authUrl;
  if (hasToken && authUrl !== undefined) return { name: 'the configuration', settings: {} };
  return fallback.cloud === undefined ? throwNone(places) : throwUnknown(fallback.cloud, places);
}

/** The clouds of a clouds.yaml with its secure.yaml merged over it. */
interface Clouds extends Pick<Search, 'path' | 'forbidden'> {
  readonly clouds: Settings;
}

async function readClouds(files: readonly string[], secureFiles: readonly string[]): Promise<Clouds> {
  const { path, forbidden, settings } = await readFirst(files);
  const secure = await readFirst(secureFiles);
  const clouds = settingsAt(mergeSettings(settings, secure.settings), 'clouds');
  return { clouds, forbidden, ...(path === undefined ? {} : { path }) };
}

function findCloud(name: string, places: readonly Clouds[]): ChosenCloud | undefined {
  for (const { clouds, path } of places) {
    const settings = clouds[name];
    if (isSettings(settings)) return { name: `cloud '${name}'${path ? ` of ${path}` : ''}`, settings };
  }
  return undefined;
}

function onlyCloud(place: Clouds): ChosenCloud | undefined {
  const [name, ...others] = Object.keys(place.clouds);
  return name === undefined || others.length > 0 ? undefined : findCloud(name, [place]);
}

/**
 * The error names the clouds that exist, or the files that this user may not read: the cloud may be in one of
 * them.
 */
function throwUnknown(name: string, places: readonly Clouds[]): never {
  const known = places.flatMap(({ path, clouds }) =>
    path === undefined ? [] : `${path} has: ${Object.keys(clouds).join(', ') || 'none'}`,
  );
  const forbidden = places.flatMap((place) => place.forbidden);
  const existing = known.length === 0 ? 'no clouds.yaml was found' : known.join('; ');
  if (forbidden.length === 0)
    throw new CloudConfigError('CLOUD_NOT_FOUND', `there is no cloud '${name}'; ${existing}`);
  const message = `there is no cloud '${name}', but this user may not read ${forbidden.join(', ')}`;
  throw new CloudConfigError('CLOUD_FILE_UNREADABLE', message);
}

function throwNone(places: readonly Clouds[]): never {
  const several = places.find(({ clouds }) => Object.keys(clouds).length > 1);
  if (several !== undefined) {
    const names = Object.keys(several.clouds).join(', ');
    const message = `${several.path} has several clouds and none is selected: ${names}`;
    throw new CloudConfigError('CLOUD_NOT_FOUND', message);
  }
  const forbidden = places.flatMap((place) => place.forbidden);
  if (forbidden.length > 0) {
    const message = `no OS_* variable describes a cloud, and this user may not read ${forbidden.join(', ')}`;
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', message);
  }
  const message = 'no clouds.yaml contains a cloud, and no OS_* variable describes one';
  throw new CloudConfigError('CLOUD_NO_CREDENTIALS', message);
}

/** The token that replaces a cloud's own credentials. */
async function separateToken({ token, tokenFile, env }: CloudConfigSources): Promise<string | undefined> {
  if (token !== undefined) return nonEmpty(token, 'the token');
  if (tokenFile !== undefined) return nonEmpty(await readToken(tokenFile), tokenFile);
  return env?.['OS_TOKEN']?.trim() || undefined;
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', `the token file ${path} cannot be read`, { cause });
  }
}

function nonEmpty(token: string, source: string): string {
  if (token.trim() === '') throw new CloudConfigError('CLOUD_NO_CREDENTIALS', `${source} is empty`);
  return token.trim();
}
