import koffi from 'koffi';
import { NetlinkError } from '../errors.ts';

// Constants of the Linux ABI that are the same on every architecture on which Node runs.
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const SOCK_RAW = 3;
export const SOCK_CLOEXEC = 0o2000000;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const CLONE_NEWNET = 0x40000000;
export const MS_BIND = 0x1000;
export const MS_REC = 0x4000;
export const MS_SHARED = 0x100000;
export const MNT_DETACH = 2;
export const LOCK_EX = 2;

// The symbols that node itself is linked with. This works with glibc and musl, whatever the library's file
// name is.
const library = koffi.load(null);

/**
 * The system calls, and two conversions, that Node does not offer. Each returns the result of the C function.
 */
export const libc = {
  socket: library.func('int socket(int, int, int)') as (
    domain: number,
    type: number,
    protocol: number,
  ) => number,
  setsockopt: library.func('int setsockopt(int, int, int, const void *, uint32_t)') as (
    fd: number,
    level: number,
    option: number,
    value: Buffer,
    length: number,
  ) => number,
  bind: library.func('int bind(int, const void *, uint32_t)') as (
    fd: number,
    address: Buffer,
    length: number,
  ) => number,
  send: library.func('intptr_t send(int, const void *, size_t, int)') as (
    fd: number,
    bytes: Buffer,
    length: number,
    flags: number,
  ) => number,
  recvmsg: library.func('intptr_t recvmsg(int, void *, int)') as (
    fd: number,
    message: Buffer,
    flags: number,
  ) => number,
  recvfrom: library.func('intptr_t recvfrom(int, void *, size_t, int, void *, void *)') as (
    fd: number,
    bytes: Buffer,
    length: number,
    flags: number,
    from: Buffer,
    fromLength: Buffer,
  ) => number,
  ioctl: library.func('int ioctl(int, unsigned long, void *)') as (
    fd: number,
    request: number,
    argument: Buffer,
  ) => number,
  /** syscall(2), for calls with three arguments that libc does not wrap. */
  syscall: library.func('long syscall(long, long, void *, size_t)') as (
    number: number,
    command: number,
    argument: Buffer,
    length: number,
  ) => number,
  setns: library.func('int setns(int, int)') as (fd: number, type: number) => number,
  unshare: library.func('int unshare(int)') as (flags: number) => number,
  mount: library.func('int mount(const char *, const char *, const char *, unsigned long, const void *)') as (
    source: string,
    target: string,
    type: string,
    flags: number,
    data: null,
  ) => number,
  umount2: library.func('int umount2(const char *, int)') as (target: string, flags: number) => number,
  flock: library.func('int flock(int, int)') as (fd: number, operation: number) => number,
  inet_pton: library.func('int inet_pton(int, const char *, void *)') as (
    family: number,
    text: string,
    bytes: Buffer,
  ) => number,
  inet_ntop: library.func('const char *inet_ntop(int, const void *, void *, uint32_t)') as (
    family: number,
    bytes: Buffer,
    text: Buffer,
    length: number,
  ) => string | null,
};

/** The address of the first byte. It is valid as long as the buffer exists. */
export const addressOf = (bytes: Buffer): bigint => koffi.address(bytes);

/** The error number of the last call on this thread. Read it before any other call. */
export const lastErrno = (): number => koffi.errno();

/**
 * Returns the result of a system call.
 *
 * @throws NetlinkError with the error number of the call, when the result is -1.
 */
export function checked(operation: string, result: number): number {
  if (result === -1) throw new NetlinkError({ operation, errno: lastErrno() });
  return result;
}
