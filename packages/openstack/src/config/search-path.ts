import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** What the search path depends on. */
export interface SearchOrigin {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

const suffixes = ['.yaml', '.yml', '.json'];

/**
 * Returns the paths where clouds.yaml may be, in openstacksdk's order ("Configuring OpenStack SDK
 * Applications"): OS_CLIENT_CONFIG_FILE, the working directory, the user's configuration directory, the
 * site's, /etc/openstack.
 */
export function cloudsFileCandidates({ env, cwd }: SearchOrigin): string[] {
  const explicit = env['OS_CLIENT_CONFIG_FILE'];
  return [...(explicit ? [explicit] : []), ...inDirectories('clouds', searchDirectories({ env, cwd }))];
}

/**
 * Returns the paths where secure.yaml may be: OS_CLIENT_SECURE_FILE and the directories of clouds.yaml.
 *
 * @param given explicitly named clouds.yaml files, whose directories replace the search path
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
