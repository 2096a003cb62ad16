import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MAC_PLACEHOLDER } from './network-files.ts';
import { runTool } from './run-tool.ts';

/** Modules that the kernel needs to mount the root file system. */
const MODULES = ['virtio_pci', 'virtio_blk', 'ext4'];

/** First process of the guest: loads the modules, mounts the disk, and does the work of the first boot. */
const INIT = `#!/bin/busybox sh
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t proc proc /proc
for module in $(/bin/busybox cat /modules/order); do /bin/busybox insmod "/modules/$module"; done
while [ ! -b /dev/vda ]; do /bin/busybox usleep 5000; done
/bin/busybox mount -t ext4 /dev/vda /root || exec /bin/busybox sh
mac=$(/bin/busybox sed -n 's/.*guest.mac=\\([^ ]*\\).*/\\1/p' /proc/cmdline)
for file in /root/etc/netplan/*; do
  [ -e "$file" ] && /bin/busybox grep -q ${MAC_PLACEHOLDER} "$file" && /bin/busybox sed -i "s/${MAC_PLACEHOLDER}/$mac/" "$file"
done
/bin/busybox umount /proc
/bin/busybox umount /dev
exec /bin/busybox switch_root /root /sbin/init
`;

/** Makes the initial RAM disk (a gzipped cpio archive) for the kernel whose modules are in `root`. */
export function makeInitrd(root: string, release: string, scratch: string, output: string): void {
  const path = (name: string) => join(scratch, name);
  for (const part of ['bin', 'proc', 'dev', 'root', 'modules']) mkdirSync(path(part), { recursive: true });
  copyFileSync(join(root, 'bin', 'busybox'), path('bin/busybox'));
  chmodSync(path('bin/busybox'), 0o755);
  const order = new Set<string>();
  for (const module of MODULES) {
    const plan = runTool(['modprobe', '--set-version', release, '--dirname', root, '--show-depends', module]);
    for (const [, file = ''] of plan.matchAll(/^insmod (\S+)/gm)) {
      const target = path(`modules/${basename(file)}`);
      copyFileSync(file, target);
      if (file.endsWith('.xz')) runTool(['unxz', '--force', target]);
      order.add(basename(file, '.xz'));
    }
  }
  writeFileSync(path('modules/order'), [...order].join('\n'));
  writeFileSync(path('init'), INIT, { mode: 0o755 });
  runTool(['sh', '-c', 'find . | cpio --quiet -o -H newc | gzip -1 > "$0"', output], { cwd: scratch });
}
