import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { LabError } from '../../errors.ts';
import { repository } from '../../layout.ts';

/**
 * Installs what only this cloud needs, Debian's Keystone, Neutron and MariaDB; what is there already costs a fraction of
 * a second. Whoever raises the lab comes by here: the quick start, the tests and the benchmarks.
 * @throws LabError `LAB_INSTALL`
 */
export function installOpenstack(): void {
  const { status } = spawnSync('bash', [join(repository, 'scripts', 'install-tools')], {
    stdio: ['ignore', process.stderr.fd, process.stderr.fd],
    env: { ...process.env, OPENSTACK_PACKAGES: 'yes', PACKAGES_ONLY: 'yes' },
  });
  if (status !== 0) throw new LabError('LAB_INSTALL', `scripts/install-tools ended with ${status}`);
}
