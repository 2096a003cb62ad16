import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createNetns, deleteNetns, listNetns } from '@ovn-docker/netlink';
import { LabError } from '../errors.ts';
import type { MachinePlaces } from '../layout.ts';
import { isRunning, type ProcessMark, waitFor } from './process.ts';

/** How long the kernel may take for all processes of a machine. */
const REMOVAL_MS = 300_000;

/**
 * The first process of a machine. It holds the machine's namespaces (network, mounts, host name, process ids) and does
 * nothing else; when it is killed, the kernel kills whatever runs in the machine and takes the mounts along. That makes
 * the removal of a crashed lab sure. It writes down who it is before it does anything, while it still sees the process
 * ids of this computer.
 *
 * The machine sees this computer's files, but /run, /var/lib, /var/log and /usr/local/bin are its own, its changes below
 * /etc go to a layer of its own, and /sys/class/net shows its own interfaces. So every program finds its default paths.
 */
const SCRIPT = `
set -e
read -r stat < /proc/self/stat
set -- $stat
echo "{\\"pid\\": $1, \\"startTime\\": \\"\${22}\\"}" > "$KEEPER.new"
mv "$KEEPER.new" "$KEEPER"
mount -t proc proc /proc
hostname "$MACHINE"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$DATA/etc,workdir=$DATA/etc.work" /etc
for part in openvswitch ovn docker; do rm -rf "/etc/$part"; mkdir "/etc/$part"; done
mkdir "$RUN/sys"
mount -t sysfs sysfs "$RUN/sys"
mount --rbind /sys/fs/cgroup "$RUN/sys/fs/cgroup"
mount --move "$RUN/sys" /sys
rmdir "$RUN/sys"
mount --bind "$DATA/bin" /usr/local/bin
mount --bind "$DATA/lib" /var/lib
mount --bind "$DATA/log" /var/log
mount --bind "$RUN" /run
echo ready
# There is no init here: with SIGCHLD ignored, the kernel itself reaps the orphans that come to this process.
exec env --ignore-signal=CHLD sleep infinity < /dev/null > /dev/null 2>&1
`;

/** Starts the machine's namespaces. */
export async function startKeeper(machine: string, places: MachinePlaces): Promise<void> {
  for (const part of ['etc', 'etc.work', 'bin', 'lib', 'log'])
    mkdirSync(join(places.data, part), { recursive: true });
  for (const part of ['openvswitch', 'ovn', 'docker', 'ovn-docker', 'lock']) {
    mkdirSync(join(places.run, part), { recursive: true });
  }
  createNetns(places.netnsName);
  const namespaces = ['unshare', '--mount', '--uts', '--pid', '--fork', '--propagation', 'private'];
  const command = [`--net=${places.netns}`, '--', ...namespaces, '/bin/sh', '-c', SCRIPT];
  const complaints = join(places.data, 'keeper.log');
  const stderr = openSync(complaints, 'a');
  const child = spawn('nsenter', command, {
    detached: true,
    stdio: ['ignore', 'pipe', stderr],
    env: {
      PATH: process.env['PATH'],
      MACHINE: machine,
      DATA: places.data,
      RUN: places.run,
      KEEPER: places.keeperFile,
    },
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', () =>
      reject(new LabError('LAB_STEP', `${machine}: ${readFileSync(complaints, 'utf8').trim()}`)),
    );
  });
  child.removeAllListeners('exit');
  closeSync(stderr);
  child.stdout?.destroy();
  child.unref();
}

/** The machine's first process, if it runs. */
export function findKeeper(places: MachinePlaces): ProcessMark | undefined {
  try {
    const mark = JSON.parse(readFileSync(places.keeperFile, 'utf8')) as ProcessMark;
    return isRunning(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the machine, in whatever state it is: processes, mounts, namespaces. */
export async function removeKeeper(places: MachinePlaces): Promise<void> {
  const keeper = findKeeper(places);
  if (keeper) {
    process.kill(keeper.pid, 'SIGKILL');
    // A process-id namespace ends with its first process; that one is gone only when all the others are. With 4,000
    // interfaces in the machine that takes a minute.
    await waitFor(`the end of ${places.netnsName}`, () => !isRunning(keeper), REMOVAL_MS);
  }
  if (listNetns().includes(places.netnsName)) deleteNetns(places.netnsName);
  rmSync(places.keeperFile, { force: true });
}
