import { constants } from 'node:os';
import { getSystemErrorMessage } from 'node:util';
import { errorTable } from './error-table.ts';

/** Second names of numbers: on Linux, EOPNOTSUPP and EAGAIN have the same numbers. */
const ALIASES: ReadonlySet<string> = new Set(['ENOTSUP', 'EWOULDBLOCK']);

const NAME_BY_ERRNO: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    .filter(([name]) => !ALIASES.has(name))
    .map(([name, number]) => [number, name]),
);

const ERRNO_BY_NAME: Readonly<Record<string, number>> = constants.errno;

/** The parts of a {@link NetlinkError}. */
export interface NetlinkErrorDetails {
  operation: string;
  /** Positive, as in errno(3). */
  errno: number;
  kernelMessage?: string | undefined;
  /** What happened, where this package knows more than the error number says. */
  reason?: string;
  cause?: unknown;
}

/**
 * Every failure of this package: a system call or netlink request that the kernel refused, or an argument
 * that this package rejected before the kernel saw it.
 */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  /** Symbolic name of the error, such as `EEXIST`, `ENODEV`, `EPERM` (errno(3)). Stable. */
  readonly code: string;
  /** The error's number on this platform, positive. */
  readonly errno: number;
  /** What this package tried to do, such as `create veth eth0`. */
  readonly operation: string;
  /** The kernel's own explanation (NETLINK_EXT_ACK, netlink(7)), where it sent one. */
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
    this.hint = errorTable[code]?.hint ?? `see errno(3) for ${code}`;
    if (kernelMessage !== undefined) this.kernelMessage = kernelMessage;
  }
}

/**
 * Whether this is a {@link NetlinkError} with one of these codes; without codes, any {@link NetlinkError}.
 *
 * @example
 * ```ts
 * try {
 *   rtnl.deleteLink('veth0');
 * } catch (error) {
 *   if (!isNetlinkError(error, 'ENODEV')) throw error;
 * }
 * ```
 */
export function isNetlinkError(error: unknown, ...codes: readonly string[]): error is NetlinkError {
  return error instanceof NetlinkError && (codes.length === 0 || codes.includes(error.code));
}

/** Returns the number of an error name, for errors that this package finds itself; 0 for an unknown name. */
export function errnoOf(code: string): number {
  return ERRNO_BY_NAME[code] ?? 0;
}

/** Returns the error for an argument that this package rejects before the kernel sees it (EINVAL). */
export function invalidArgument(operation: string, reason: string): NetlinkError {
  return new NetlinkError({ operation, errno: errnoOf('EINVAL'), reason });
}

/** Runs `work`; throws errors of node:fs as {@link NetlinkError}. */
export function asNetlinkError<T>(operation: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error) || !('errno' in cause) || typeof cause.errno !== 'number') throw cause;
    if (cause instanceof NetlinkError) throw cause;
    throw new NetlinkError({ operation, errno: Math.abs(cause.errno), cause });
  }
}
