import { symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unpackDebianPackages } from '../debian-packages.ts';
import { repository } from '../layout.ts';
import type { Machine } from '../machine/machine.ts';
import { DEFAULT_ENGINE, type EngineName, suites } from './engines.ts';

const PACKAGES = ['docker.io', 'docker-cli', 'containerd', 'docker-compose'] as const;

/** The programs of an engine. runc remains this computer's: the engines' own needs a later libseccomp. */
const PROGRAMS = [
  'usr/sbin/dockerd',
  'usr/sbin/docker-proxy',
  'usr/bin/docker',
  'usr/bin/docker-init',
  'usr/bin/containerd',
  'usr/bin/containerd-shim-runc-v2',
  'usr/bin/ctr',
  'usr/libexec/docker/cli-plugins/docker-compose',
] as const;

/** Path of an unpacked engine. All labs of this clone share it, and `down` keeps it. */
const pathOf = (engine: EngineName) => join(repository, '.tools', 'engines', engine);

/**
 * Unpacks an engine, if this clone does not have it yet. Returns the versions of its packages, such as
 * `docker.io 28.5.2+dfsg4-5`; an empty list for this computer's own engine.
 * @throws LabError `LAB_INSTALL`, also if the Debian release has another engine by now
 */
export function installEngine(engine: EngineName): string[] {
  if (engine === DEFAULT_ENGINE) return [];
  return unpackDebianPackages(pathOf(engine), {
    suite: suites[engine],
    packages: PACKAGES,
    expected: ['docker.io', engine],
  });
}

/** Puts an engine's programs before this computer's on the machine's PATH, for its daemons and its users. */
export function useEngine(machine: Machine, engine: EngineName): void {
  if (engine === DEFAULT_ENGINE) return;
  for (const program of PROGRAMS) {
    symlinkSync(join(pathOf(engine), program), join(machine.places.data, 'bin', basename(program)));
  }
}
