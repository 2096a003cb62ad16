import { join } from 'node:path';
import type { Image } from './image/image.ts';
import type { GuestKind } from './image/kinds.ts';

/** Name of the hypervisor's interface for the guest. */
export const TAP = 'tap-guest';

/** Path in the hypervisor of the serial port where {@link Guest.console} types. */
const CONSOLE_SOCKET = '/run/guest-console.sock';

/**
 * Offloads of the virtio interface. All are off: the hypervisor's userspace Open vSwitch reads the tap
 * before anything has filled in checksums or split segments.
 */
const OFFLOADS = [
  ...['csum', 'gso', 'guest_csum', 'guest_tso4', 'guest_tso6', 'guest_ecn', 'guest_ufo'],
  ...['host_tso4', 'host_tso6', 'host_ecn', 'host_ufo'],
]
  .map((name) => `${name}=off`)
  .join(',');

/**
 * Without protection keys: Node's compiler would change them often, and each change empties the emulator's
 * table of pages.
 */
const CPU = 'max,pku=off';

/** Returns QEMU's command line (qemu(1)). Without KVM, because the lab may itself run in a VM. */
export function qemuCommand(guest: {
  readonly kind: GuestKind;
  readonly image: Image;
  readonly disk: string;
  readonly mac: string;
  readonly directory: string;
}): string[] {
  const { kind, image, disk, mac, directory } = guest;
  const kernelOptions = [
    'console=ttyS0',
    'loglevel=4',
    'mitigations=off',
    `guest.mac=${mac}`,
    ...kind.kernelOptions,
  ];
  return [
    'qemu-system-x86_64',
    ...['-machine', 'pc', '-accel', 'tcg,thread=multi', '-cpu', CPU, '-smp', '2', '-m', '2048'],
    ...['-display', 'none', '-nodefaults'],
    ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', kernelOptions.join(' ')],
    ...['-drive', `file=${disk},format=qcow2,if=virtio,cache=writeback`],
    ...['-device', 'virtio-rng-pci'],
    ...['-netdev', `tap,id=nic,ifname=${TAP},script=no,downscript=no`],
    // In slot 3 the interface is ens3, as in most VMs of Nova.
    ...['-device', `virtio-net-pci,netdev=nic,mac=${mac},addr=0x3,${OFFLOADS}`],
    ...['-chardev', `file,id=log,path=${join(directory, 'console.log')}`, '-serial', 'chardev:log'],
    ...[
      '-chardev',
      `socket,id=console,path=${CONSOLE_SOCKET},server=on,wait=off`,
      '-serial',
      'chardev:console',
    ],
  ];
}
