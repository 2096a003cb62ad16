import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../bundle.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'await-cpu-count-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function makeCommand(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/**
 * Runs the script with an ovs-vswitchd of this version. The script reads the first of these uptimes (s),
 * and each of its sleeps removes it. Returns the uptimes that are left.
 */
function run(version: string, uptimes: string[]): string[] {
  const vswitchd = makeCommand('ovs-vswitchd', `echo 'ovs-vswitchd (Open vSwitch) ${version}'`);
  const uptime = join(folder, 'uptime');
  writeFileSync(uptime, uptimes.map((seconds) => `${seconds} 3.00\n`).join(''));
  makeCommand('sleep', `sed -i 1d ${uptime}`);
  execFileSync(join(root, 'packaging/await-cpu-count'), [vswitchd, uptime], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    timeout: 30_000,
  });
  return readFileSync(uptime, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replace(' 3.00', ''));
}

it('Open vSwitch 3.1.0 starts when the machine has run for 11 seconds', () => {
  expect(run('3.1.0', ['2.51', '9.99', '10.98', '11.02', '11.22'])).toEqual(['11.02', '11.22']);
});

it.each(['2.17.9', '3.0.4', '3.1.1', '3.1.10', '3.5.0', '13.1.0'])(
  'Open vSwitch %s starts at once',
  (version) => {
    expect(run(version, ['2.51', '11.02'])).toEqual(['2.51', '11.02']);
  },
);
