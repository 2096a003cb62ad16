import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootOf } from './install.ts';
import { DEFAULT_OVN, type OvnRelease } from './ovn-releases.ts';
import { writeCommands } from './programs.ts';
import { SCHEMAS } from './use.ts';

/** A release on this computer itself, beside the installed one. */
export interface BesideRelease extends Disposable {
  /**
   * The beginning of a command line: the command after it sees the release's programs and schemas in the
   * places of the installed ones, by a mount namespace of its own.
   */
  readonly prefix: readonly string[];
}

/** Prepares an unpacked release for commands on this computer. The caller needs root. */
export function besideInstalled(release: OvnRelease): BesideRelease {
  if (release === DEFAULT_OVN) return { prefix: [], [Symbol.dispose]: () => undefined };
  const commands = mkdtempSync(join(tmpdir(), 'ovn-commands-'));
  writeCommands(rootOf(release), commands);
  const mounts = SCHEMAS.map((path) => `mount --bind '${join(rootOf(release), path)}' '${path}'`);
  const script = `${mounts.join(' && ')} && PATH='${commands}':"$PATH" exec "$@"`;
  return {
    prefix: ['unshare', '--mount', '--propagation', 'private', '--', '/bin/sh', '-c', script, 'beside'],
    [Symbol.dispose]: () => rmSync(commands, { recursive: true }),
  };
}
