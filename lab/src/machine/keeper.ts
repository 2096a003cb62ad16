import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createNetns, deleteNetns, listNetns } from '@ovn-docker/netlink';
import { LabError } from '../errors.ts';
import type { MachinePlaces } from '../layout.ts';
import { isRunning, type ProcessMark, waitFor } from './process.ts';

/** Time limit for the end of all processes of a machine, in milliseconds. */
const REMOVAL_MS = 300_000;

/**
 * The first process of a machine. It only keeps the machine's namespaces (network, mounts, host name, process
 * ids) alive. When it is killed, the kernel kills all processes of the machine and removes its mounts, so
 * that even a crashed lab can be taken down. First it writes its process id and start time, while it still
 * sees the process ids of this computer.
 *
 * The machine sees this computer's files, except that it has its own /run, /var/lib, /var/log and
 * /usr/local/bin, writes changes below /etc to its own layer, and sees its own interfaces in /sys/class/net.
 * So programs can use their default paths.
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
# The machine has no init: because this process ignores SIGCHLD, the kernel reaps the orphans that become its children.
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
  const errorLog = join(places.data, 'keeper.log');
  const stderr = openSync(errorLog, 'a');
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
      reject(new LabError('LAB_STEP', `${machine}: ${readFileSync(errorLog, 'utf8').trim()}`)),
    );
  });
  child.removeAllListeners('exit');
  // "ready" comes from the shell. Only the program that replaces it reaps orphans.
  await waitFor(`the first process of ${machine}`, () => commandOf(findKeeper(places)) === 'sleep');
  closeSync(stderr);
  child.stdout?.destroy();
  child.unref();
}

/** The name of a process's program (proc_pid_comm(5)). */
function commandOf(process: ProcessMark | undefined): string | undefined {
  return process && readFileSync(`/proc/${process.pid}/comm`, 'utf8').trim();
}

/** Returns the machine's first process if it runs. */
export function findKeeper(places: MachinePlaces): ProcessMark | undefined {
  try {
    const mark = JSON.parse(readFileSync(places.keeperFile, 'utf8')) as ProcessMark;
    return isRunning(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a machine in any state: its processes, mounts and namespaces. */
export async function removeKeeper(places: MachinePlaces): Promise<void> {
  const keeper = findKeeper(places);
  if (keeper) {
    process.kill(keeper.pid, 'SIGKILL');
    // The first process of a process-id namespace ends after all others. With 4,000 interfaces in the machine
    // that takes a minute.
    await waitFor(`the end of ${places.netnsName}`, () => !isRunning(keeper), REMOVAL_MS);
  }
  if (listNetns().includes(places.netnsName)) deleteNetns(places.netnsName);
  rmSync(places.keeperFile, { force: true });
}
