import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LabError } from './errors.ts';
import { repository } from './layout.ts';

/**
 * Installs Debian packages that only some labs need: a real Keystone, Neutron and MariaDB, or QEMU and what
 * builds the disks of its guests. If they are installed already, it takes a fraction of a second. It runs
 * whenever such a lab is raised: by the quick start, the tests and the benchmarks.
 * @throws LabError `LAB_INSTALL`
 */
export function installPackages(group: 'OPENSTACK' | 'GUEST'): void {
  const { status } = spawnSync('bash', [join(repository, 'scripts', 'install-tools')], {
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    env: { ...process.env, [`${group}_PACKAGES`]: 'yes', PACKAGES_ONLY: 'yes' },
  });
  if (status !== 0) throw new LabError('LAB_INSTALL', `scripts/install-tools ended with ${status}`);
}
