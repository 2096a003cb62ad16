import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import { repository } from '../layout.ts';
import type { Machine } from '../machine/machine.ts';

/** The packages of the programs. */
const folders = {
  'ovn-docker': 'ovn-docker',
  'embedded-neutron': 'embedded-neutron',
  'ovn-docker-broker': 'credential-broker',
} as const;

/** Puts a program of the project on a machine's PATH, as npm does when it installs the program's package. */
export function installProgram(machine: Machine, name: keyof typeof folders): void {
  const bundle = join(repository, 'packages', folders[name], 'dist', `${name}.js`);
  if (!existsSync(bundle)) throw new LabError('LAB_NOT_BUILT', `${name} is not built`);
  const script = `#!/bin/sh\nexec "${process.execPath}" "${bundle}" "$@"\n`;
  writeFileSync(join(machine.places.data, 'bin', name), script, { mode: 0o755 });
}
