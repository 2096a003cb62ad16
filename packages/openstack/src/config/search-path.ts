import { userInfo } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';

/** What the search path depends on. */
export interface SearchOrigin {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory; undefined to leave it out. */
  readonly cwd: string | undefined;
}

/**
 * Who chose the path of a file: the caller or the program's configuration named it, or it lies in a directory
 * of the search path.
 */
export type Finding = 'named' | 'configured' | 'own directory' | 'working directory';

/** A path where a file may be. */
export interface Candidate {
  readonly path: string;
  readonly found: Finding;
}

/** Files of openstacksdk: the clouds, their secrets, and the profiles that clouds can refer to. */
export type FileKind = 'clouds' | 'secure' | 'clouds-public';

const suffixes = ['.yaml', '.yml', '.json'];

/** The variables that name a file. */
const variables: Partial<Readonly<Record<FileKind, string>>> = {
  clouds: 'OS_CLIENT_CONFIG_FILE',
  secure: 'OS_CLIENT_SECURE_FILE',
};

/**
 * Returns the paths where a file may be, in openstacksdk's order ("Configuring OpenStack SDK Applications"):
 * its variable, the working directory, the user's configuration directory, the site's, /etc/openstack.
 */
export function searchPath(kind: FileKind, { env, cwd }: SearchOrigin): Candidate[] {
  const own = ownDirectories(env);
  const isOwn = cwd !== undefined && own.includes(resolve(cwd));
  return [
    ...namedBy(kind, env),
    ...(cwd === undefined ? [] : filesIn(kind, cwd, isOwn ? 'own directory' : 'working directory')),
    ...own.flatMap((directory) => filesIn(kind, directory, 'own directory')),
  ];
}

/**
 * Returns the paths of a file that belongs to explicitly named clouds.yaml files: its variable, and the
 * directories of those files.
 */
export function searchBeside(
  kind: FileKind,
  files: readonly string[],
  env: SearchOrigin['env'],
): Candidate[] {
  return [...namedBy(kind, env), ...files.flatMap((file) => filesIn(kind, dirname(file), 'own directory'))];
}

function namedBy(kind: FileKind, env: SearchOrigin['env']): Candidate[] {
  const path = env[variables[kind] ?? ''];
  return path ? [{ path, found: 'named' }] : [];
}

/**
 * The directories of the user and of the site. A relative path in a variable would mean the working
 * directory; it is ignored, as the XDG Base Directory Specification requires.
 */
function ownDirectories(env: SearchOrigin['env']): string[] {
  const home = [env['SNAP_REAL_HOME'], env['HOME']].find(isUsable) ?? userInfo().homedir;
  const user = env['XDG_CONFIG_HOME'];
  const site = (env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':');
  return [
    ...(isUsable(user) ? [join(user, 'openstack')] : []),
    join(home, '.config', 'openstack'),
    ...site.filter(isUsable).map((directory) => join(directory, 'openstack')),
    '/etc/openstack',
  ];
}

function isUsable(path: string | undefined): path is string {
  return path !== undefined && isAbsolute(path);
}

function filesIn(kind: FileKind, directory: string, found: Finding): Candidate[] {
  return suffixes.map((suffix) => ({ path: join(directory, kind + suffix), found }));
}
