import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from '../bundle.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'await-cpu-count-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Starts the script with an ovs-vswitchd of this version. It reads the uptime from a pipe. */
function start(version: string) {
  const vswitchd = join(folder, 'ovs-vswitchd');
  writeFileSync(vswitchd, `#!/bin/sh\necho 'ovs-vswitchd (Open vSwitch) ${version}'\n`);
  chmodSync(vswitchd, 0o755);
  const uptime = join(folder, 'uptime');
  execFileSync('mkfifo', [uptime]);
  const script = spawn(join(root, 'packaging/await-cpu-count'), [vswitchd, uptime], { stdio: 'inherit' });
  return { uptime, ended: once(script, 'exit') };
}

it('Open vSwitch 3.1.0 starts when the machine has run for 11 seconds', async () => {
  const { uptime, ended } = start('3.1.0');
  // Each write waits until the script reads again.
  for (const seconds of ['2.51', '9.99', '10.98', '11.02']) await writeFile(uptime, `${seconds} 3.00\n`);
  expect(await ended).toEqual([0, null]);
});

it.each(['2.17.9', '3.0.4', '3.1.1', '3.1.10', '3.5.0', '13.1.0'])(
  'Open vSwitch %s starts at once',
  async (version) => {
    const { ended } = start(version);
    expect(await ended).toEqual([0, null]);
  },
);
