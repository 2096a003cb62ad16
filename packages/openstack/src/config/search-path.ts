import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Where the search starts from. */
export interface SearchOrigin {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

const suffixes = ['.yaml', '.yml', '.json'];

/**
 * Candidates for clouds.yaml, best first, as openstacksdk has them (its "Configuring OpenStack SDK Applications"):
 * OS_CLIENT_CONFIG_FILE, the working directory, the user's configuration directory, the site's, /etc/openstack.
 */
export function cloudsFileCandidates({ env, cwd }: SearchOrigin): string[] {
  const explicit = env['OS_CLIENT_CONFIG_FILE'];
  return [...(explicit ? [explicit] : []), ...inDirectories('clouds', searchDirectories({ env, cwd }))];
}

/**
 * Candidates for secure.yaml, which is merged over clouds.yaml: OS_CLIENT_SECURE_FILE and the same directories.
 *
 * @param given clouds.yaml files that were named explicitly: then only the directories of these are looked at
 */
export function secureFileCandidates({ env, cwd }: SearchOrigin, given?: readonly string[]): string[] {
  const explicit = env['OS_CLIENT_SECURE_FILE'];
  const directories =
    given === undefined ? searchDirectories({ env, cwd }) : given.map((file) => dirname(file));
  return [...(explicit ? [explicit] : []), ...inDirectories('secure', directories)];
}

function searchDirectories({ env, cwd }: SearchOrigin): string[] {
  const home = env['SNAP_REAL_HOME'] ?? env['HOME'] ?? homedir();
  const user = env['XDG_CONFIG_HOME'];
  const site = (env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':');
  return [
    cwd,
    ...(user ? [join(user, 'openstack')] : []),
    join(home, '.config', 'openstack'),
    ...site.map((directory) => join(directory, 'openstack')),
    '/etc/openstack',
  ];
}

function inDirectories(name: string, directories: readonly string[]): string[] {
  return directories.flatMap((directory) => suffixes.map((suffix) => join(directory, name + suffix)));
}
