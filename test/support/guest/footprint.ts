import type { Guest } from '@ovn-docker/lab';

/** Folders in which other programs write at any time. */
const BUSY = [
  ...[
    '/proc',
    '/sys',
    '/dev',
    '/tmp',
    '/var/tmp',
    '/root',
    '/home',
    '/var/log',
    '/var/cache',
    '/var/lib/apt',
  ],
  ...['/var/lib/docker', '/var/lib/containerd', '/var/lib/dpkg', '/var/lib/systemd', '/var/lib/dhcp'],
  ...[
    '/run/systemd',
    '/run/log',
    '/run/udev',
    '/run/user',
    '/run/docker',
    '/run/containerd',
    '/run/sshd.pid',
  ],
];

/**
 * Returns what is in a guest: files, enabled units, interfaces and bridges, one a line. What a package has
 * left behind is in a later list, but not in an earlier one.
 */
export async function footprintOf(guest: Guest): Promise<Set<string>> {
  const prune = BUSY.map((path) => `-path ${path}`).join(' -o ');
  const script = `
    find / \\( ${prune} \\) -prune -o -printf 'file %p\\n' | sed -E '/openvswitch/s/[.][0-9]+[.]ctl$/.PID.ctl/'
    systemctl list-unit-files --no-legend | awk '$2 != "transient" { print "unit", $1, $2 }'
    systemctl list-units --no-legend --plain --all 'ovn-docker*' | awk '{ print "loaded", $1 }'
    ls /sys/class/net | sed 's/^/interface /'
    ovs-vsctl list-br | sed 's/^/bridge /'
    getent passwd | cut -d: -f1 | sed 's/^/user /'`;
  return new Set((await guest.shell(script, { timeoutMs: 120_000 })).trim().split('\n'));
}
