import { constants } from 'node:os';
import { getSystemErrorMessage } from 'node:util';

/**
 * What to do about an error, by its code. Codes are the kernel's own (errno(3)); what is wrong with an argument before
 * the kernel sees it is EINVAL.
 */
const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'run as root, or with CAP_NET_ADMIN (and CAP_SYS_ADMIN for namespaces)',
  EADDRNOTAVAIL: 'the link has no such address; addresses() lists what it has',
  EBADF: 'this Rtnetlink is closed; open another one',
  EBADMSG:
    'the kernel answered something that this package cannot read; please report it with the kernel version',
  EBUSY: 'it is in use: a link must be down (or not yet a port of another master) for this change',
  EEXIST: 'it is there already; delete it first or use another name or value',
  EINTR: 'links, addresses or routes kept changing while they were listed; list them again',
  EINVAL: 'the value was refused; kernelMessage, where given, says which',
  EMFILE: 'this process has too many open files; raise its limit (RLIMIT_NOFILE) or close some',
  ENETDOWN: 'bring the link up first: setLink(link, { up: true })',
  ENETUNREACH:
    'no link that is up reaches the gateway; bring the link up and give it an address first, or set onlink',
  ENFILE: 'the system has too many open files; raise fs.file-max',
  ENODEV: 'there is no such link in this network namespace; links() lists what is there',
  ENOENT: 'there is no such path or network namespace; listNetns() lists the named ones',
  ENOMEM: 'the kernel is out of memory',
  ENOPROTOOPT: 'this kernel is too old; Linux 5.0 or newer is needed',
  ENOSPC: 'no space is left, on /run or in a limit of the kernel (user.max_net_namespaces)',
  ENOTCONN: 'the peer of a veth cannot be created up; bring it up afterwards',
  ENOTDIR: 'a part of the path is not a directory',
  EOPNOTSUPP: 'this kind of link cannot do that, or the kernel lacks the module (veth, bridge)',
  EPERM: 'run as root, or with CAP_NET_ADMIN (and CAP_SYS_ADMIN for namespaces)',
  ERANGE: 'the value is out of range; kernelMessage, where given, says which',
  EROFS: 'the file system is read-only; /run must be writable for named network namespaces',
  ESRCH: 'there is no such route; routes() lists what is there',
};

/** Names that share a number with another name on Linux, and lose. */
const ALIASES: ReadonlySet<string> = new Set(['ENOTSUP', 'EWOULDBLOCK']);

const NAME_BY_ERRNO: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    .filter(([name]) => !ALIASES.has(name))
    .map(([name, number]) => [number, name]),
);

const ERRNO_BY_NAME: Readonly<Record<string, number>> = constants.errno;

/** What is known about a failure; see {@link NetlinkError} for the fields. */
export interface NetlinkErrorDetails {
  operation: string;
  /** Positive, as in errno(3). */
  errno: number;
  kernelMessage?: string | undefined;
  /** What happened, where this package knows better than the error number. */
  reason?: string;
  cause?: unknown;
}

/**
 * Every failure of this package: a system call or a netlink request that the kernel refused, or an argument that was
 * refused before the kernel saw it.
 */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** Symbolic name of the error, such as `EEXIST`, `ENODEV`, `EPERM` (errno(3)). Stable. */
  readonly code: string;
  /** The error's number on this platform, positive. */
  readonly errno: number;
  /** What was tried, such as `create veth eth0`. */
  readonly operation: string;
  /** The kernel's own explanation (NETLINK_EXT_ACK, netlink(7)), where it gave one. */
  readonly kernelMessage?: string;
  /** What to do about it. */
  readonly hint: string;

  constructor(details: NetlinkErrorDetails) {
    const { operation, errno, kernelMessage, reason, cause } = details;
    const code = NAME_BY_ERRNO.get(errno) ?? `E${errno}`;
    const happened = [reason ?? getSystemErrorMessage(-errno), kernelMessage].filter(Boolean).join(': ');
    super(`${operation}: ${happened} (${code})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.errno = errno;
    this.operation = operation;
    this.hint = HINTS[code] ?? `see errno(3) for ${code}`;
    if (kernelMessage !== undefined) this.kernelMessage = kernelMessage;
  }
}

/**
 * Whether this is a {@link NetlinkError}, and of one of these codes when some are given.
 *
 * @example
 * try { rtnl.deleteLink('veth0') } catch (error) { if (!isNetlinkError(error, 'ENODEV')) throw error; }
 */
export function isNetlinkError(error: unknown, ...codes: readonly string[]): error is NetlinkError {
  return error instanceof NetlinkError && (codes.length === 0 || codes.includes(error.code));
}

/** The number of an error of this name; for errors that this package finds itself. */
export function errnoOf(code: string): number {
  return ERRNO_BY_NAME[code] ?? 0;
}

/** An argument that is refused before the kernel sees it (EINVAL). */
export function invalidArgument(operation: string, reason: string): NetlinkError {
  return new NetlinkError({ operation, errno: errnoOf('EINVAL'), reason });
}

/** Runs `work` and turns the errors of node:fs into {@link NetlinkError}. */
export function asNetlinkError<T>(operation: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error) || !('errno' in cause) || typeof cause.errno !== 'number') throw cause;
    if (cause instanceof NetlinkError) throw cause;
    throw new NetlinkError({ operation, errno: Math.abs(cause.errno), cause });
  }
}
