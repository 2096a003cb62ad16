import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Writes a copy of a Debian package with a later version into `directory`, and returns its path. */
export function laterVersionOf(deb: string, directory: string): string {
  const unpacked = mkdtempSync(join(tmpdir(), 'deb-'));
  run('dpkg-deb', '--raw-extract', deb, unpacked);
  const control = join(unpacked, 'DEBIAN', 'control');
  const text = readFileSync(control, 'utf8');
  writeFileSync(control, text.replace(/^Version: (.*)$/m, 'Version: $1+later'));
  const path = join(directory, `later-${basename(deb)}`);
  run('dpkg-deb', '--root-owner-group', '-Znone', '--build', unpacked, path);
  rmSync(unpacked, { recursive: true });
  return path;
}

function run(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program}: ${stderr}`);
}
