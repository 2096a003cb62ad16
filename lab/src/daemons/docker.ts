import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import { waitFor } from '../machine/process.ts';

/** The two names of the only image in the lab: busybox from Debian's busybox-static. */
export const IMAGES = ['busybox:local', 'busybox:latest'] as const;

/** Starts the machine's own Docker and imports the image. */
export async function startDocker(machine: Machine, cache: string): Promise<void> {
  await launchDockerd(machine);
  const archive = await busyboxArchive(machine, cache);
  const [first, ...others] = IMAGES;
  await machine.must(['docker', 'import', '--change', 'CMD ["/bin/sh"]', archive, first]);
  for (const other of others) await machine.must(['docker', 'tag', first, other]);
}

/** How to start dockerd. */
export interface DockerdOptions {
  /** Options of dockerd(8), such as `--live-restore`. */
  readonly options?: readonly string[];
  /**
   * Time limit for its first answer, in milliseconds. dockerd starts all containers with a restart policy
   * before it answers.
   */
  readonly patienceMs?: number;
}

/** Starts or restarts dockerd and waits until it answers. */
export async function launchDockerd(
  machine: Machine,
  { options = [], patienceMs = 30_000 }: DockerdOptions = {},
): Promise<void> {
  const before = machine.log('dockerd').length;
  await machine.start('dockerd', [
    'dockerd',
    '--host=unix:///run/docker.sock',
    '--storage-driver=overlay2',
    `--cgroup-parent=/${machine.places.cgroup}`,
    '--exec-opt=native.cgroupdriver=cgroupfs',
    // Docker's default bridge stays enabled: its iptables rules are in the machine's network namespace.
    '--userland-proxy=false',
    ...options,
  ]);
  const answers = async () => {
    if ((await machine.run(['docker', 'version'])).code === 0) return true;
    const failure = /failed to start daemon.*/.exec(machine.log('dockerd').slice(before));
    if (failure) throw new LabError('LAB_STEP', `${machine.name}: ${failure[0]}`);
    return false;
  };
  await waitFor(`dockerd on ${machine.name}`, answers, patienceMs);
}

/** Returns the path of a root file system that contains only busybox. The first lab of a clone creates it. */
async function busyboxArchive(machine: Machine, cache: string): Promise<string> {
  const archive = join(cache, 'busybox.tar');
  if (existsSync(archive)) return archive;
  mkdirSync(cache, { recursive: true });
  const unfinished = `${archive}.${machine.name}`;
  const script = `
    set -e
    d=$(mktemp -d)
    mkdir "$d/bin" "$d/tmp" "$d/etc" "$d/proc" "$d/sys" "$d/dev"
    cp /bin/busybox "$d/bin/"
    for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$d/bin/$applet"; done
    tar -C "$d" -cf "$0" .
    rm -r "$d"`;
  await machine.must(['/bin/sh', '-c', script, unfinished]);
  renameSync(unfinished, archive);
  return archive;
}
