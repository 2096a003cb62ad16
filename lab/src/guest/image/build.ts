import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { baseOf, imageOf, isBuilt } from './image.ts';
import { makeInitrd } from './initrd.ts';
import { type GuestKind, packagesOf } from './kinds.ts';
import { findMirror, KEYRING } from './mirror.ts';
import type { GuestFile } from './network-files.ts';
import { runTool } from './run-tool.ts';

/** Size of the guest's disk, which is sparse. */
const DISK = '6G';

/** Logs root in at the serial console without a password: the way into a guest whose network is broken. */
const consoleLogin: GuestFile = {
  text: '[Service]\nExecStart=\nExecStart=-/sbin/agetty --autologin root --noclear --keep-baud 115200 %I dumb\n',
};

/** Files of every guest. */
const commonFiles: Record<string, GuestFile> = {
  '/etc/hostname': { text: 'guest\n' },
  '/etc/hosts': { text: '127.0.0.1 localhost\n127.0.1.1 guest\n' },
  '/etc/fstab': { text: '/dev/vda / ext4 defaults 0 1\n' },
  // A guest reaches no mirror; its own address is Debian's.
  '/etc/apt/sources.list': { text: '' },
  '/etc/sudoers.d/90-cloud-init-users': { text: 'debian ALL=(ALL) NOPASSWD:ALL\n', mode: 0o440 },
  '/etc/systemd/system/serial-getty@ttyS0.service.d/autologin.conf': consoleLogin,
  '/etc/systemd/system/serial-getty@ttyS1.service.d/autologin.conf': consoleLogin,
};

/** Makes the archive of a container image with busybox alone, as the lab's VMs have it. */
const BUSYBOX_ARCHIVE = `
set -e
d=$(mktemp -d)
mkdir "$d/bin" "$d/tmp" "$d/etc" "$d/proc" "$d/sys" "$d/dev"
cp /bin/busybox "$d/bin/"
for applet in $(/bin/busybox --list); do [ "$applet" = busybox ] || ln -s busybox "$d/bin/$applet"; done
tar -C "$d" -cf /root/busybox.tar .
rm -r "$d"`;

/**
 * Builds the image of a kind, unless it exists. It works in `scratch`, a file system in memory: packages that
 * dpkg unpacks there need no fsync.
 *
 * @throws LabError `LAB_STEP`, `LAB_INSTALL`
 */
export function buildImage(kind: GuestKind, scratch: string, progress: (step: string) => void): void {
  const image = imageOf(kind);
  if (isBuilt(image)) return;
  const root = join(scratch, 'root');
  mkdirSync(dirname(image.directory), { recursive: true });
  const base = baseOf(kind);
  if (existsSync(base)) {
    progress('root file system');
    mkdirSync(root);
    runTool(['tar', '--numeric-owner', '-C', root, '-xf', base]);
  } else {
    progress(`root file system: debootstrap ${kind.suite}`);
    const options = ['--variant=minbase', `--include=${packagesOf[kind.suite].join(',')}`];
    // The guest boots with an initial RAM disk of the lab.
    const env = { INITRD: 'No' };
    runTool(['debootstrap', ...options, `--keyring=${KEYRING}`, kind.suite, root, findMirror()], { env });
    runTool(['tar', '--numeric-owner', '-C', root, '-cf', `${base}.${process.pid}`, '.']);
    renameSync(`${base}.${process.pid}`, base);
  }

  progress('files');
  const unfinished = mkdtempSync(`${image.directory}.`);
  if (!existsSync(image.sshKey))
    runTool(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'ovn-lab', '-f', image.sshKey]);
  configure(root, kind, `${image.sshKey}.pub`);

  progress('disk');
  const [release = ''] = readdirSync(join(root, 'usr/lib/modules'));
  copyFileSync(join(root, 'boot', `vmlinuz-${release}`), join(unfinished, basename(image.kernel)));
  makeInitrd(root, release, join(scratch, 'initrd'), join(unfinished, basename(image.initrd)));
  const disk = join(unfinished, basename(image.disk));
  runTool(['mke2fs', '-q', '-t', 'ext4', '-d', root, '-L', 'root', disk, DISK]);
  chmodSync(unfinished, 0o755);
  if (isBuilt(image)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, image.directory);
}

function configure(root: string, kind: GuestKind, publicKey: string): void {
  const inGuest = (path: string) => join(root, path);
  const chroot = (...command: string[]) =>
    runTool(['chroot', root, ...command], { env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
  for (const [path, { text, mode = 0o644 }] of Object.entries({ ...commonFiles, ...kind.files })) {
    mkdirSync(dirname(inGuest(path)), { recursive: true });
    writeFileSync(inGuest(path), text, { mode });
    chmodSync(inGuest(path), mode);
  }
  if (kind.purge.length > 0) chroot('dpkg', '--purge', ...kind.purge);
  chroot('useradd', '--create-home', '--shell', '/bin/bash', 'debian');
  for (const home of ['/root', '/home/debian']) {
    mkdirSync(inGuest(`${home}/.ssh`), { mode: 0o700, recursive: true });
    copyFileSync(publicKey, inGuest(`${home}/.ssh/authorized_keys`));
  }
  chroot('chown', '-R', 'debian:debian', '/home/debian/.ssh');
  chroot('passwd', '--delete', 'root');
  chroot('systemctl', 'enable', 'serial-getty@ttyS1.service', ...kind.units);
  chroot('systemd-machine-id-setup');
  // A persistent journal.
  mkdirSync(inGuest('/var/log/journal'), { recursive: true });
  chroot('sh', '-c', BUSYBOX_ARCHIVE);
  // What a Docker upgrade unpacks: dpkg can install the same version again.
  const archives = inGuest('/var/cache/apt/archives');
  for (const file of readdirSync(archives))
    if (file.endsWith('.deb') && !file.startsWith('docker')) rmSync(join(archives, file));
  if (kind.files['/etc/netplan/90-default.yaml'] !== undefined) {
    rmSync(inGuest('/etc/resolv.conf'), { force: true });
    symlinkSync('../run/systemd/resolve/stub-resolv.conf', inGuest('/etc/resolv.conf'));
  } else writeFileSync(inGuest('/etc/resolv.conf'), '');
  appendFileSync(
    inGuest('/etc/ssh/sshd_config'),
    '\n# The tests come from one address, and often.\nMaxStartups 100\n',
  );
}
