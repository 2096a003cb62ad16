import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface LockedPackage {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly resolved?: string;
}

/** Packages from a registry: not the root, not the workspaces and their links. */
const fromRegistry = (path: string) => {
  const { packages } = JSON.parse(read(path)) as { packages: Record<string, LockedPackage> };
  return Object.entries(packages).filter(
    ([name, { link }]) => name.includes('node_modules/') && link !== true,
  );
};

test.each(['package-lock.json', 'scripts/node/package-lock.json'])(
  'npm checks every package of %s against a hash, from any registry',
  (path) => {
    const packages = fromRegistry(path);
    expect(packages.length).toBeGreaterThan(0);
    expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  },
);

test.each(['scripts/install-tools', 'scripts/with-tools', '.ci/run'])(
  '%s installs npm packages by a lock file only',
  (path) => {
    const commands = read(path).match(/^[^#\n]*\bnp[mx] (?:install|i|add|exec|update)\b.*$/gm);
    expect(commands).toBeNull();
  },
);
