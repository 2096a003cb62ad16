import type { ConfigFile, ConfigFiles } from './config-files.ts';
import { type Candidate, type FileKind, searchBeside, searchPath } from './search-path.ts';
import { isSettings, mergeSettings, type Settings, settingsAt } from './settings.ts';
import { isTrusted, mayCombine, type Place } from './trust.ts';
import { text } from './values.ts';

/** Where to look for each kind of file. */
export type Search = Readonly<Record<FileKind, readonly Candidate[]>>;

/** What the caller wants of the files. */
export interface Wanted {
  /** Name of the cloud; undefined for the only one. */
  readonly cloud: string | undefined;
  /** Whether a token from elsewhere will be sent to the cloud. */
  readonly hasToken: boolean;
}

/** The clouds of a clouds.yaml with its secure.yaml merged over it. */
export interface Clouds {
  readonly clouds: Settings;
  /** The clouds.yaml; undefined if there is none. */
  readonly place?: Place;
}

const secrets = ['password', 'token', 'auth_token', 'application_credential_secret'];

/** The search path of the user's files. */
export function usersSearch(env: NodeJS.ProcessEnv, cwd: string | undefined): Search {
  const paths = (kind: FileKind) => searchPath(kind, { env, cwd });
  return { clouds: paths('clouds'), secure: paths('secure'), 'clouds-public': paths('clouds-public') };
}

/**
 * The search path of explicitly named files.
 *
 * @param found who named them
 */
export function namedSearch(
  files: readonly string[],
  found: Candidate['found'],
  env: NodeJS.ProcessEnv,
): Search {
  const beside = (kind: FileKind) => searchBeside(kind, files, env);
  const clouds = files.map((path) => ({ path, found }));
  return { clouds, secure: beside('secure'), 'clouds-public': beside('clouds-public') };
}

/**
 * Reads the first clouds.yaml that exists and can be used, with the first secure.yaml that may be combined
 * with it (trust.ts). Ignores an untrusted clouds.yaml that needs a secret from elsewhere: the caller's
 * token, or that of another secure.yaml. If there is no other file, returns it without that secret, so that
 * the error names the missing field. Without a clouds.yaml, reads a secure.yaml in its place.
 */
export async function readClouds(search: Search, files: ConfigFiles, wanted: Wanted): Promise<Clouds> {
  let needy: Clouds | undefined;
  let exists = false;
  for await (const file of files.existing(search.clouds)) {
    const { place } = file;
    exists = true;
    if (!isTrusted(place) && wanted.hasToken) {
      files.ignore(place, 'someone else could have written its URLs, which would receive the token');
      continue;
    }
    const clouds = settingsAt(await withSecrets(file, search, files, wanted), 'clouds');
    if (isTrusted(place) || !needsSecret(clouds, wanted)) {
      if (needy?.place !== undefined) {
        files.ignore(
          needy.place,
          'someone else could have written its URLs, and it has no secret of its own',
        );
      }
      return { clouds, place };
    }
    needy ??= { clouds, place };
  }
  if (exists || search.clouds === search.secure) return needy ?? { clouds: {} };
  return readClouds({ ...search, clouds: search.secure }, files, wanted);
}

async function withSecrets(
  file: ConfigFile,
  { secure }: Search,
  files: ConfigFiles,
  { cloud }: Wanted,
): Promise<Settings> {
  const names = Object.keys(settingsAt(file.settings, 'clouds'));
  for await (const { place, settings } of files.existing(secure)) {
    if (mayCombine(file.place, place)) return mergeSettings(file.settings, settings);
    const theirs = settingsAt(settings, 'clouds');
    const isWanted = cloud === undefined ? names.some((name) => name in theirs) : cloud in theirs;
    if (!isWanted) continue;
    // One of the two files is trusted, but the client may not combine them.
    const why = isTrusted(file.place)
      ? `its URLs would replace those of ${file.place.path}; to use it, name it by OS_CLIENT_SECURE_FILE`
      : `someone else could have written ${file.place.path}, whose URLs would receive the secret`;
    files.ignore(place, why);
  }
  return file.settings;
}

/** Whether the wanted cloud exists, but has no secret. */
function needsSecret(clouds: Settings, { cloud }: Wanted): boolean {
  const names =
    cloud === undefined ? Object.keys(clouds) : [cloud].filter((name) => Object.hasOwn(clouds, name));
  return names.length > 0 && names.every((name) => !hasSecret(settingsAt(clouds, name)));
}

function hasSecret(settings: Settings): boolean {
  const { regions } = settings;
  const values = (Array.isArray(regions) ? regions : [])
    .filter(isSettings)
    .map((r) => settingsAt(r, 'values'));
  return [settings, ...values]
    .flatMap((place) => [place, settingsAt(place, 'auth')])
    .some((place) => text(place, ...secrets) !== undefined);
}
