import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { repository } from './layout.ts';

/** What to unpack of another Debian release. */
export interface DebianSelection {
  /** For example `trixie`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** The package and the beginning of its version that the suite must have: a suite such as sid moves on. */
  readonly expected: readonly [name: string, version: string];
  /** Whether to unpack the dependencies too, down to the C library. */
  readonly dependencies?: boolean;
}

/**
 * Unpacks packages into a directory, if that is not done yet (`scripts/debian-packages`). Returns their
 * versions, such as `docker.io 28.5.2+dfsg4-5`, without those of dependencies.
 * @throws LabError `LAB_INSTALL`
 */
export function unpackDebianPackages(
  directory: string,
  { suite, packages, expected: [name, version], dependencies = false }: DebianSelection,
): string[] {
  const script = join(repository, 'scripts', 'debian-packages');
  const args = [...(dependencies ? ['--dependencies'] : []), suite, directory, ...packages];
  const { status, stdout } = spawnSync(script, args, {
    stdio: ['ignore', 'pipe', process.stderr.fd],
    encoding: 'utf8',
  });
  if (status !== 0) throw new LabError('LAB_INSTALL', `scripts/debian-packages ended with ${status}`);
  const versions = stdout.split('\n').filter((line) => packages.includes(line.split(' ')[0] ?? ''));
  const found = versions.find((line) => line.startsWith(`${name} `));
  if (!found?.startsWith(`${name} ${version}.`))
    throw new LabError('LAB_INSTALL', `Debian ${suite} has ${found}, not ${name} ${version}`);
  return versions;
}
