import { globSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The programs of OVN and Open vSwitch that the lab and the tests run. */
const PROGRAMS = [
  'usr/lib/openvswitch-switch/ovs-vswitchd',
  'usr/sbin/ovsdb-server',
  'usr/bin/ovsdb-client',
  'usr/bin/ovsdb-tool',
  'usr/bin/ovs-appctl',
  'usr/bin/ovs-dpctl',
  'usr/bin/ovs-ofctl',
  'usr/bin/ovs-vsctl',
  'usr/bin/ovn-appctl',
  'usr/bin/ovn-controller',
  'usr/bin/ovn-nbctl',
  'usr/bin/ovn-northd',
  'usr/bin/ovn-sbctl',
  'usr/bin/ovn-trace',
] as const;

/**
 * Writes a command for each program of a release that is unpacked in `root`. A command starts the program by
 * the release's own loader and libraries (ld.so(8)), because this computer's C library is older than the
 * program. So the program needs no chroot and sees the files of the machine.
 */
export function writeCommands(root: string, directory: string): void {
  const [loader = ''] = globSync(join(root, 'usr/lib/*-linux-gnu*/ld-linux*.so.*'));
  const loaders = join(directory, '.loaders');
  mkdirSync(loaders);
  for (const program of PROGRAMS) {
    const name = basename(program);
    // The kernel names a process after the file that it executes, which is the loader.
    symlinkSync(loader, join(loaders, name));
    const script = `#!/bin/sh
exec '${join(loaders, name)}' --inhibit-cache --library-path '${dirname(loader)}' '${join(root, program)}' "$@"
`;
    writeFileSync(join(directory, name), script, { mode: 0o755 });
  }
}
