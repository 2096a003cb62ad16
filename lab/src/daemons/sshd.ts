import { join } from 'node:path';
import { unpackDebianPackages } from '../debian-packages.ts';
import type { Lab } from '../lab.ts';
import { repository } from '../layout.ts';
import { installFile } from '../machine/install-file.ts';
import type { Machine } from '../machine/machine.ts';
import { installProgram } from './node-program.ts';

/** Path of the unpacked sshd: an installed one would start with this computer's next boot. */
const unpacked = join(repository, '.tools', 'sshd');

/** Path of the lab's keys in a machine, in its own layer of /etc. */
const KEYS = '/etc/ssh/lab';

/** A VM that a person outside can reach by ssh. */
export interface SshVm {
  readonly machine: Machine;
  /** On the management network. */
  readonly address: string;
}

/**
 * Starts sshd in VMs, on their management addresses, and makes the physical machine the place of a person
 * outside: `ssh root@ADDRESS` works there with a key of the lab, and `ovn-docker` is on its PATH.
 * @param names the VMs, such as `vm-a`
 * @throws LabError `LAB_INSTALL`, `LAB_STEP`
 */
export async function openSsh(lab: Lab, names: readonly string[]): Promise<SshVm[]> {
  unpackDebianPackages(unpacked, {
    suite: 'bookworm',
    packages: ['openssh-server', 'libwrap0'],
    expected: ['openssh-server', '1:9'],
  });
  const phys = lab.machine('phys');
  installProgram(phys, 'ovn-docker');
  const key = await makeKey(phys, 'key');
  const { vms } = lab.state;
  const opened = names.map((name) => ({ machine: lab.machine(name), address: vms[name]?.address ?? '' }));
  const hostKeys = await Promise.all(opened.map(async (vm) => `${vm.address} ${await startSshd(vm, key)}`));
  // ~/.ssh is this computer's: all settings are in the machine's layer of /etc.
  await installFile(phys, `${KEYS}/known_hosts`, hostKeys.join(''));
  const settings = ['Host 10.1.0.*', `IdentityFile ${KEYS}/key`, `GlobalKnownHostsFile ${KEYS}/known_hosts`];
  const none = ['UserKnownHostsFile /dev/null', 'StrictHostKeyChecking yes'];
  await installFile(phys, '/etc/ssh/ssh_config.d/lab.conf', `${[...settings, ...none].join('\n  ')}\n`);
  return opened;
}

/** Starts a VM's sshd, unless it runs. Returns its public key. */
async function startSshd({ machine, address }: SshVm, authorizedKey: string): Promise<string> {
  const hostKey = await makeKey(machine, 'host');
  await installFile(machine, `${KEYS}/authorized_keys`, authorizedKey);
  // sshd reads it as the user who logs in.
  await machine.must(['chmod', '644', `${KEYS}/authorized_keys`]);
  const isRunning = (await machine.run(['sh', '-c', 'kill -0 "$(cat /run/sshd.pid)"'])).code === 0;
  if (isRunning) return hostKey;
  // The user of sshd's unprivileged process, which the package's installation would add.
  const script = 'mkdir -p /run/sshd; grep -q ^sshd: /etc/passwd || echo "$1" >> /etc/passwd';
  await machine.must(['sh', '-c', script, 'add-user', 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin']);
  const options = [
    'UsePAM=no',
    'PasswordAuthentication=no',
    'KbdInteractiveAuthentication=no',
    `HostKey=${KEYS}/host`,
    `AuthorizedKeysFile=${KEYS}/authorized_keys`,
    `ListenAddress=${address}`,
    'PidFile=none',
  ].flatMap((option) => ['-o', option]);
  const program = join(unpacked, 'usr/sbin/sshd');
  await machine.start('sshd', [program, '-D', '-e', '-f', '/dev/null', ...options], {
    LD_LIBRARY_PATH: join(unpacked, 'usr/lib/x86_64-linux-gnu'),
  });
  await machine.waitForLog('sshd', 'Server listening');
  return hostKey;
}

/** Makes a pair of keys, unless there is one. Returns the public key, with a line break. */
async function makeKey(machine: Machine, name: string): Promise<string> {
  const script = `mkdir -p ${KEYS}; [ -e "$1" ] || ssh-keygen -q -t ed25519 -N '' -C lab -f "$1"; cat "$1.pub"`;
  return machine.must(['sh', '-ec', script, 'make-key', `${KEYS}/${name}`]);
}
