import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../bundle.ts';
import type { Tree } from './tree.ts';

export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  /** The installed files; `buildDebianPackage` adds the changelog and the control files. */
  readonly tree: Tree;
  /** The time of the commit, in seconds since 1970. */
  readonly time: number;
}

/** Maintainer scripts in packaging/NAME/ (deb-postinst(5) and so on). */
const scripts = ['preinst', 'postinst', 'prerm', 'postrm'] as const;

/**
 * Builds `NAME_VERSION_amd64.deb` without root, from the same bytes to the same bytes.
 * @param folder where the file is written
 * @returns the path of the file
 */
export function buildDebianPackage({ name, version, tree, time }: DebianPackage, folder: string): string {
  const source = join(root, 'packaging', name);
  const changelog = changelogOf(name, version, time, readFileSync(join(source, 'control'), 'utf8'));
  tree.write(`usr/share/doc/${name}/changelog.gz`, gzipSync(changelog, { level: 9 }));
  const files = tree.files();
  for (const script of scripts) {
    if (existsSync(join(source, script))) tree.copy(join(source, script), `DEBIAN/${script}`, 0o755);
  }
  tree.write(
    'DEBIAN/md5sums',
    files
      .filter((path) => !isLink(tree, path))
      .map((path) => sumOf(tree, path))
      .join(''),
  );
  const conffiles = files.filter((path) => path.startsWith('etc/'));
  if (conffiles.length > 0) tree.write('DEBIAN/conffiles', conffiles.map((path) => `/${path}\n`).join(''));
  const control = readFileSync(join(source, 'control'), 'utf8')
    .replace('@VERSION@', version)
    .replace('@INSTALLED_SIZE@', String(sizeOf(tree, files)));
  tree.write('DEBIAN/control', control);
  tree.setTimes(time);
  const file = join(folder, `${name}_${version}_amd64.deb`);
  execFileSync('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree.folder, file], {
    env: { ...process.env, SOURCE_DATE_EPOCH: String(time) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return file;
}

/** Node's 120 MB take seconds; with dpkg's usual xz they take minutes. lintian of Debian 12 refuses zstd. */
const compression = ['-Zgzip', '-z4'];

function isLink(tree: Tree, path: string): boolean {
  return lstatSync(join(tree.folder, path)).isSymbolicLink();
}

function sumOf(tree: Tree, path: string): string {
  const sum = createHash('md5')
    .update(readFileSync(join(tree.folder, path)))
    .digest('hex');
  return `${sum}  ${path}\n`;
}

/** In KiB, as dpkg-gencontrol(1) counts: each file rounded up, and 1 for each link. */
function sizeOf(tree: Tree, files: readonly string[]): number {
  const sizes = files.map((path) => Math.ceil(lstatSync(join(tree.folder, path)).size / 1024));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function changelogOf(name: string, version: string, time: number, control: string): string {
  const maintainer = /^Maintainer: (.*)$/m.exec(control)?.[1] ?? '';
  const date = new Date(time * 1000).toUTCString().replace('GMT', '+0000');
  return `${name} (${version}) unstable; urgency=medium\n\n  * The commits of the project list its changes.\n\n -- ${maintainer}  ${date}\n`;
}
