import { readFile } from 'node:fs/promises';
import { CloudConfigError } from '../errors.ts';
import { authFromSettings, tokenAuth } from './auth-from-settings.ts';
import type { Auth, CloudConfig } from './cloud-config.ts';
import { overridesFromEnvironment, settingsFromEnvironment } from './environment.ts';
import { fromSettings } from './from-settings.ts';
import { isSettings, mergeSettings, readFirst, type Search, type Settings, settingsAt } from './read-file.ts';
import { inRegion } from './region.ts';
import { cloudsFileCandidates, secureFileCandidates } from './search-path.ts';

/** What a program's own configuration says: it counts where neither the caller nor the environment names or describes a cloud. */
export interface CloudFallback {
  /** Name of a cloud. */
  readonly cloud?: string;
  /** clouds.yaml files to try before the search path. */
  readonly files?: readonly string[];
  /** Keystone's URL for a cloud that has none, or for a token. */
  readonly authUrl?: string;
}

/** Where credentials may come from. */
export interface CloudConfigSources {
  /** Variables to look at; none when not given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Name of a cloud in clouds.yaml; goes before OS_CLOUD. `envvars` is the one that the variables describe. */
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
  readonly fallback?: CloudFallback;
}

interface ChosenCloud {
  /** How errors name it. */
  readonly name: string;
  readonly settings: Settings;
}

/**
 * Finds out how to reach a cloud and as whom. The cloud is the one that is named (`cloud`, OS_CLOUD), else the one that
 * the OS_* variables describe, else the `fallback`'s, else the only one in clouds.yaml. Its settings are taken whole from one
 * place, as openstacksdk does: a secret never goes to a URL that came from somewhere else, unless the caller gives
 * `authUrl`. A token that is given on its own replaces the cloud's credentials and nothing else of it. OS_CACERT,
 * OS_INTERFACE and OS_REGION_NAME go over any cloud's own: they hold no secret and no URL.
 *
 * @throws {CloudConfigError}
 */
export async function loadCloudConfig(sources: CloudConfigSources = {}): Promise<CloudConfig> {
  const env = sources.env ?? {};
  const token = await givenToken(sources);
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
  const named = sources.cloud ?? (env['OS_CLOUD'] || undefined);
  const variables = settingsFromEnvironment(env);
  const isOfVariables = named === undefined || named === (env['OS_CLOUD_NAME'] || 'envvars');
  if (isOfVariables && variables !== undefined) return { name: 'the OS_* variables', settings: variables };

  // One's own file goes before the configured one, for a name that one gives oneself.
  const origin = { env, cwd: sources.cwd ?? process.cwd() };
  const own = await readClouds(
    sources.files ?? cloudsFileCandidates(origin),
    secureFileCandidates(origin, sources.files),
  );
  const files = fallback.files ?? [];
  // What the environment says of secrets is about one's own file.
  const configured = await readClouds(files, secureFileCandidates({ ...origin, env: {} }, files));
  if (named !== undefined) return find(named, [own, configured]) ?? unknown(named, [own, configured]);
  const places = [configured, own];
  const found =
    fallback.cloud === undefined
      ? (onlyOne(configured) ?? onlyOne(own))
      : find(fallback.cloud, fallback.files === undefined ? [own] : [configured]);
  if (found !== undefined) return found;
  // A URL and a token are enough.
  const authUrl = sources.authUrl ?? fallback.authUrl;
  if (hasToken && authUrl !== undefined) return { name: 'the configuration', settings: {} };
  return fallback.cloud === undefined ? none(places) : unknown(fallback.cloud, places);
}

/** A clouds.yaml, its secure.yaml merged over it. */
interface Clouds extends Pick<Search, 'path' | 'forbidden'> {
  readonly clouds: Settings;
}

async function readClouds(files: readonly string[], secureFiles: readonly string[]): Promise<Clouds> {
  const found = await readFirst(files);
  const secure = await readFirst(secureFiles);
  const clouds = settingsAt(mergeSettings(found.settings, secure.settings), 'clouds');
  const { path, forbidden } = found;
  return { clouds, forbidden, ...(path === undefined ? {} : { path }) };
}

function find(name: string, places: readonly Clouds[]): ChosenCloud | undefined {
  for (const { clouds, path } of places) {
    const settings = clouds[name];
    if (isSettings(settings)) return { name: `cloud '${name}'${path ? ` of ${path}` : ''}`, settings };
  }
  return undefined;
}

function onlyOne(place: Clouds): ChosenCloud | undefined {
  const [name, ...others] = Object.keys(place.clouds);
  return name === undefined || others.length > 0 ? undefined : find(name, [place]);
}

/** Says what there is instead, and what may be in the files that this user may not read. */
function unknown(name: string, places: readonly Clouds[]): never {
  const known = places.flatMap(({ path, clouds }) =>
    path === undefined ? [] : `${path} has: ${Object.keys(clouds).join(', ') || 'none'}`,
  );
  const forbidden = places.flatMap((place) => place.forbidden);
  const seen = known.length === 0 ? 'no clouds.yaml was found' : known.join('; ');
  if (forbidden.length === 0)
    throw new CloudConfigError('CLOUD_NOT_FOUND', `there is no cloud '${name}'; ${seen}`);
  const message = `there is no cloud '${name}' that this user may see: ${forbidden.join(', ')} may not be read`;
  throw new CloudConfigError('CLOUD_FILE_UNREADABLE', message);
}

function none(places: readonly Clouds[]): never {
  const several = places.find(({ clouds }) => Object.keys(clouds).length > 1);
  if (several !== undefined) {
    const names = Object.keys(several.clouds).join(', ');
    const message = `${several.path} has several clouds and none is named: ${names}`;
    throw new CloudConfigError('CLOUD_NOT_FOUND', message);
  }
  const forbidden = places.flatMap((place) => place.forbidden);
  if (forbidden.length > 0) {
    const message = `there is no OS_* variable that says who asks, and ${forbidden.join(', ')} may not be read by this user`;
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', message);
  }
  const message = 'there is no clouds.yaml with a cloud in it, and no OS_* variable that describes one';
  throw new CloudConfigError('CLOUD_NO_CREDENTIALS', message);
}

async function givenToken({ token, tokenFile, env }: CloudConfigSources): Promise<string | undefined> {
  if (token !== undefined) return nonEmpty(token, 'the given token');
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

function nonEmpty(token: string, what: string): string {
  if (token.trim() === '') throw new CloudConfigError('CLOUD_NO_CREDENTIALS', `${what} is empty`);
  return token.trim();
}
