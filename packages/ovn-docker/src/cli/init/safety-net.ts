import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { OvnDockerError } from '../../errors.ts';
import { textFile } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { PENDING_FILE } from './records.ts';
import type { RunLock } from './run-lock.ts';

const BOOT_UNIT = 'ovn-docker-init-recover.service';
const UNIT_FILE = `/etc/systemd/system/${BOOT_UNIT}`;
const WANTED_BY = `/etc/systemd/system/multi-user.target.wants/${BOOT_UNIT}`;

/** How long a run may take before the safety net undoes it although the process lives, in ms. */
export const DEADLINE_MS = 5 * 60_000;
/** How long the safety net's process may need to start, in ms. */
const START_MS = 120_000;

/**
 * Makes sure that an interrupted run is undone: by a process outside of this login session if this process
 * dies, and by a unit at boot if the power fails. Call it before the record of the change is written.
 * @throws OvnDockerError `E_NETWORK_CHANGE` when the safety net does not start
 */
export async function spanSafetyNet(
  machine: Machine,
  lock: Pick<RunLock, 'untilGuarded'>,
): Promise<string[]> {
  if (machine.hasSystemd) {
    const unit = `ovn-docker-init-${randomBytes(4).toString('hex')}`;
    await machine.run('systemd-run', '--quiet', '--collect', `--unit=${unit}`, ...ownCommand('watch'));
  } else {
    const [program = '', ...args] = ownCommand('watch');
    spawn(program, args, { detached: true, stdio: 'ignore' }).unref();
  }
  const timeout = AbortSignal.timeout(START_MS);
  await Promise.race([
    lock.untilGuarded(),
    new Promise((_, reject) => timeout.addEventListener('abort', () => reject(notStarted()))),
  ]);
  if (machine.hasSystemd) {
    machine.files.write(UNIT_FILE, textFile(bootUnit()));
    machine.files.write(WANTED_BY, { target: UNIT_FILE });
  }
  return machine.hasSystemd
    ? ['a process of systemd and a unit at boot undo everything if this run is interrupted']
    : ['a process in the background undoes everything if this run is interrupted, but not after a power cut'];
}

/** Removes the unit for the next boot. */
export async function removeBootUnit(machine: Machine): Promise<void> {
  const isPresent = [UNIT_FILE, WANTED_BY].some((path) => machine.files.read(path) !== undefined);
  machine.files.write(WANTED_BY, undefined);
  machine.files.write(UNIT_FILE, undefined);
  if (isPresent && machine.hasSystemd && !machine.isBooting)
    await machine.run('systemctl', 'daemon-reload').catch(() => '');
}

function notStarted(): OvnDockerError {
  const message = `the process that would undo an interrupted run did not start within ${START_MS / 1000} s`;
  return new OvnDockerError('E_NETWORK_CHANGE', message, {
    hint: 'nothing was changed; `journalctl -u "ovn-docker-init-*"` says why',
  });
}

/** This very program, which may be a bundle, or sources with options of Node. */
function ownCommand(when: 'watch' | 'boot'): string[] {
  const { execPath, execArgv, argv } = process;
  const script = argv[1] === undefined ? [] : [realpathSync(argv[1])];
  // Without the user's configuration: a mistake in it must not keep the safety net from its work.
  return [execPath, ...execArgv, ...script, '--config', '/dev/null', 'init', '--recover', when];
}

/** Runs before every program that configures the network, but after ovsdb-server, which has the bridge. */
function bootUnit(): string {
  const command = ownCommand('boot').map(
    (word) => `"${word.replace(/["\\%$]/g, (c) => (c === '%' || c === '$' ? c + c : `\\${c}`))}"`,
  );
  return `# Written by \`ovn-docker init\`, which removes it when it has finished.
[Unit]
Description=Undo an ovn-docker init that was interrupted
ConditionPathExists=${PENDING_FILE}
DefaultDependencies=no
RequiresMountsFor=/usr /var/lib/ovn-docker
Wants=ovsdb-server.service
After=local-fs.target ovsdb-server.service systemd-remount-fs.service
Before=ovs-vswitchd.service systemd-networkd.service networking.service NetworkManager.service ovn-docker.service
Before=network.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
ExecStart=${command.join(' ')}
TimeoutStartSec=60

[Install]
WantedBy=multi-user.target
`;
}
