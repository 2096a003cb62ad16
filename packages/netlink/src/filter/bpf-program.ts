import { writeU32, writeU64 } from '../codec/host-order.ts';
import { errnoOf, NetlinkError } from '../errors.ts';
import { addressOf, checked, lastErrno, libc } from '../socket/libc.ts';

/** linux/bpf.h: the command of bpf(2), and the type of programs that decide about single frames. */
const BPF_PROG_LOAD = 5;
const BPF_PROG_TYPE_SCHED_CLS = 3;

/** Number of the system call bpf(2), which glibc does not wrap, on each architecture. */
const SYS_BPF: Readonly<Partial<Record<NodeJS.Architecture, number>>> = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
  ppc64: 361,
  s390x: 351,
};

/** The beginning of union bpf_attr for BPF_PROG_LOAD; the kernel takes zeros for the rest. */
const ATTRIBUTES_LENGTH = 48;

/**
 * The kernel gives up with EAGAIN when a signal waits for the thread while it verifies a program (bpf(2)).
 * The signal is handled on the way out of the call, so the next attempt fails only when another one follows.
 */
const LOAD_ATTEMPTS = 100;

/**
 * Loads a program for the traffic control of the kernel (bpf(2), BPF_PROG_LOAD).
 *
 * @param instructions eight bytes each (kernel documentation, bpf/standardization/instruction-set)
 * @returns a file descriptor; the program exists until that is closed and no link uses it
 * @throws NetlinkError EPERM without CAP_BPF and CAP_NET_ADMIN (before Linux 5.8: CAP_SYS_ADMIN), ENOSYS when
 *   the kernel has no bpf(2).
 */
export function loadProgram(operation: string, instructions: Buffer): number {
  const number = SYS_BPF[process.arch];
  if (number === undefined) throw new NetlinkError({ operation, errno: errnoOf('ENOSYS') });
  // Only programs that call certain functions of the kernel need a licence that is compatible with its own.
  const license = Buffer.from('Apache-2.0\0');
  const attributes = Buffer.alloc(ATTRIBUTES_LENGTH);
  writeU32(attributes, BPF_PROG_TYPE_SCHED_CLS, 0);
  writeU32(attributes, instructions.length / 8, 4);
  writeU64(attributes, addressOf(instructions), 8);
  writeU64(attributes, addressOf(license), 16);
  const load = () => libc.syscall(number, BPF_PROG_LOAD, attributes, attributes.length);
  let program = load();
  for (let attempt = 1; attempt < LOAD_ATTEMPTS && program === -1; attempt++) {
    if (lastErrno() !== errnoOf('EAGAIN')) break;
    program = load();
  }
  return checked(operation, program);
}
