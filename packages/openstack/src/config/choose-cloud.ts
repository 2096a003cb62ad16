import { dirname } from 'node:path';
import { CloudConfigError } from '../errors.ts';
import { type Clouds, namedSearch, readClouds, type Search, usersSearch } from './cloud-files.ts';
import type { ConfigFiles } from './config-files.ts';
import { settingsFromEnvironment } from './environment.ts';
import { withProfile } from './profile.ts';
import { isSettings, type Settings } from './settings.ts';
import type { CloudConfigSources } from './sources.ts';

/** The cloud that the sources select. */
export interface Chosen {
  /** The cloud's name in error messages. */
  readonly name: string;
  readonly settings: Settings;
  /** The directory of its file, to which relative paths refer. Default: the working directory. */
  readonly directory?: string;
}

/** Files that may contain the cloud. */
interface Source {
  readonly search: Search;
  /** Reads them, once. */
  read(): Promise<Clouds>;
}

/**
 * Chooses the cloud by {@link CloudConfigSources}. Reads no file that cannot matter, so that no warning names
 * one.
 *
 * @param hasToken whether a separate token replaces the cloud's credentials
 */
export async function chooseCloud(
  sources: CloudConfigSources,
  files: ConfigFiles,
  hasToken: boolean,
): Promise<Chosen> {
  const { env = {}, fallback = {} } = sources;
  const cloudName = sources.cloud ?? (env['OS_CLOUD'] || undefined);
  const variables = settingsFromEnvironment(env);
  const acceptsVariables = cloudName === undefined || cloudName === (env['OS_CLOUD_NAME'] || 'envvars');
  const warn = sources.onWarning ?? (() => undefined);
  if (acceptsVariables && variables !== undefined) {
    const place = { path: 'the OS_* variables', neighbourhood: 'environment' };
    const search = usersSearch(env, directoryOf(sources))['clouds-public'];
    return { name: place.path, settings: await withProfile(variables, place, search, files, warn) };
  }

  const name = cloudName ?? fallback.cloud;
  const { users, programs } = sourcesOf(sources, files, { cloud: name, hasToken });
  const order = orderOf(cloudName, sources, { users, programs });
  for (const source of order) {
    const clouds = await source.read();
    const chosen = name === undefined ? onlyCloud(clouds) : findCloud(name, clouds);
    if (chosen === undefined) continue;
    const search = source.search['clouds-public'];
    return { ...chosen, settings: await withProfile(chosen.settings, clouds.place, search, files, warn) };
  }
  // With a URL and a token no cloud is needed.
  const authUrl = sources.authUrl ?? fallback.authUrl;
  if (hasToken && authUrl !== undefined && cloudName === undefined) {
    return { name: 'the configuration', settings: {} };
  }
  const places = await Promise.all([programs.read(), users.read()]);
  return name === undefined ? throwNone(places, files) : throwUnknown(name, places, files);
}

function sourcesOf(
  sources: CloudConfigSources,
  files: ConfigFiles,
  wanted: Parameters<typeof readClouds>[2],
): { readonly users: Source; readonly programs: Source } {
  const { env = {}, fallback = {} } = sources;
  const cwd = directoryOf(sources);
  const source = (search: Search): Source => {
    let clouds: Promise<Clouds> | undefined;
    const read = () => {
      clouds ??= readClouds(search, files, wanted);
      return clouds;
    };
    return { search, read };
  };
  return {
    users: source(
      sources.files === undefined ? usersSearch(env, cwd) : namedSearch(sources.files, 'named', env),
    ),
    // OS_CLIENT_SECURE_FILE belongs to the user's files, not to the program's.
    programs: source(namedSearch(fallback.files ?? [], 'configured', {})),
  };
}

/** The working directory; undefined for a service, which does not search it. */
function directoryOf({ trustedFilesOnly, cwd }: CloudConfigSources): string | undefined {
  return trustedFilesOnly === true ? undefined : (cwd ?? process.cwd());
}

/** A name from the caller or OS_CLOUD is looked up in the user's files first. */
function orderOf(
  cloudName: string | undefined,
  { fallback = {} }: CloudConfigSources,
  { users, programs }: { readonly users: Source; readonly programs: Source },
): readonly Source[] {
  if (cloudName !== undefined) return [users, programs];
  if (fallback.cloud === undefined) return [programs, users];
  return [fallback.files === undefined ? users : programs];
}

function findCloud(name: string, { clouds, place }: Clouds): Chosen | undefined {
  const settings = Object.hasOwn(clouds, name) ? clouds[name] : undefined;
  if (!isSettings(settings)) return undefined;
  if (place === undefined) return { name: `cloud '${name}'`, settings };
  return { name: `cloud '${name}' of ${place.path}`, settings, directory: dirname(place.path) };
}

function onlyCloud(place: Clouds): Chosen | undefined {
  const [name, ...others] = Object.keys(place.clouds);
  return name === undefined || others.length > 0 ? undefined : findCloud(name, place);
}

/**
 * The error names the clouds that exist, or the files that were not read: the cloud may be in one of them.
 */
function throwUnknown(name: string, places: readonly Clouds[], files: ConfigFiles): never {
  const known = places.flatMap(({ place, clouds }) =>
    place === undefined ? [] : `${place.path} has: ${Object.keys(clouds).join(', ') || 'none'}`,
  );
  throwUnread(`there is no cloud '${name}'`, files);
  const existing = known.length === 0 ? 'no clouds.yaml was found' : known.join('; ');
  throw new CloudConfigError('CLOUD_NOT_FOUND', `there is no cloud '${name}'; ${existing}`);
}

function throwNone(places: readonly Clouds[], files: ConfigFiles): never {
  const several = places.find(({ clouds }) => Object.keys(clouds).length > 1);
  if (several !== undefined) {
    const names = Object.keys(several.clouds).join(', ');
    const message = `${several.place?.path} has several clouds and none is selected: ${names}`;
    throw new CloudConfigError('CLOUD_NOT_FOUND', message);
  }
  throwUnread('no OS_* variable describes a cloud', files);
  const message = 'no clouds.yaml contains a cloud, and no OS_* variable describes one';
  throw new CloudConfigError('CLOUD_NO_CREDENTIALS', message);
}

/** @throws {CloudConfigError} if there are files that were not read */
function throwUnread(what: string, { forbidden, ignored }: ConfigFiles): void {
  if (forbidden.length > 0) {
    const message = `${what}, but this user may not read ${forbidden.join(', ')}`;
    throw new CloudConfigError('CLOUD_FILE_UNREADABLE', message);
  }
  if (ignored.length > 0)
    throw new CloudConfigError('CLOUD_FILE_UNTRUSTED', `${what}; ${ignored.join('; ')}`);
}
