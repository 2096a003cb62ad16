import { join } from 'node:path';
import type { Machine } from '../machine/machine.ts';
import { rootOf } from './install.ts';
import { DEFAULT_OVN, type OvnRelease } from './ovn-releases.ts';
import { writeCommands } from './programs.ts';

/** Directories of schemas, which programs find by their paths. */
export const SCHEMAS = ['/usr/share/openvswitch', '/usr/share/ovn'] as const;

/**
 * Puts a release's programs before this computer's on the machine's PATH, and its schemas in their places,
 * for the machine's daemons and users.
 */
export async function useOvn(machine: Machine, release: OvnRelease): Promise<void> {
  if (release === DEFAULT_OVN) return;
  writeCommands(rootOf(release), join(machine.places.data, 'bin'));
  for (const path of SCHEMAS) await machine.must(['mount', '--bind', join(rootOf(release), path), path]);
}
