import { type GuestFile, ifupdown, netplan } from './network-files.ts';

/** A guest that tests boot: a Debian release and the program that configures its network. */
export interface GuestKind {
  readonly name: string;
  readonly suite: 'bookworm' | 'trixie';
  /** Name of the guest's network interface. */
  readonly nic: string;
  /** Options of its kernel beside those of every guest. */
  readonly kernelOptions: readonly string[];
  /** Debian packages that the root file system of its suite has for another guest. */
  readonly purge: readonly string[];
  /** Files of its network configuration, by path. */
  readonly files: Readonly<Record<string, GuestFile>>;
  /** systemd units to enable. */
  readonly units: readonly string[];
}

/**
 * Packages of every guest: what Debian's cloud image contains and ovn-docker depends on, and what the tests
 * run. The guest reaches no mirror, so that nothing can be installed later.
 */
const common: readonly string[] = [
  ...['systemd', 'systemd-sysv', 'systemd-timesyncd', 'libpam-systemd', 'dbus', 'udev', 'kmod', 'sudo'],
  ...['openssh-server', 'ca-certificates', 'apparmor', 'iproute2', 'iputils-ping', 'procps', 'less', 'curl'],
  ...['linux-image-cloud-amd64', 'openvswitch-switch', 'docker.io', 'bash-completion'],
  ...['busybox-static', 'ethtool', 'iperf3', 'tcpdump'],
];

/** Packages of each suite: those of all guests of the suite, because one run of debootstrap serves them. */
export const packagesOf = {
  bookworm: [...common, 'netplan.io', 'systemd-resolved', 'ifupdown', 'isc-dhcp-client'],
  trixie: [...common, 'netplan.io', 'systemd-resolved', 'docker-cli', 'netbase'],
} as const;

const networkd = [
  'systemd-networkd.service',
  'systemd-networkd-wait-online.service',
  'systemd-resolved.service',
];

/** The guests. The name of the interface is that of a VM on Nova, or the kernel's own on old images. */
export const guestKinds = {
  netplan: {
    name: 'netplan',
    suite: 'bookworm',
    nic: 'ens3',
    kernelOptions: [],
    purge: ['ifupdown', 'isc-dhcp-client'],
    files: netplan('ens3'),
    units: networkd,
  },
  ifupdown: {
    name: 'ifupdown',
    suite: 'bookworm',
    nic: 'eth0',
    kernelOptions: ['net.ifnames=0'],
    purge: ['netplan.io', 'systemd-resolved'],
    files: ifupdown('eth0'),
    units: [],
  },
  trixie: {
    name: 'trixie',
    suite: 'trixie',
    nic: 'ens3',
    kernelOptions: [],
    purge: [],
    files: netplan('ens3'),
    units: networkd,
  },
} as const satisfies Record<string, GuestKind>;

export type GuestKindName = keyof typeof guestKinds;
export const guestKindNames = Object.keys(guestKinds) as GuestKindName[];
