/** The sockets of a VM that a person outside can reach by `ovn-docker system dial-stdio --streams`. */
export const socketNames = ['agent', 'docker'] as const;
export type SocketName = (typeof socketNames)[number];

/** The version of the streams below. A change that an earlier program cannot follow gets another number. */
export const STREAMS = 1;

/** The first answer of the program in the VM. */
export interface Greeting {
  readonly streams: number;
  /** The version of the ovn-docker in the VM. */
  readonly version: string;
  /** What the VM's configuration says, as far as `ovn-docker run` needs it. */
  readonly docker: { readonly driver: string; readonly publish: 'warn' | 'refuse' };
}

/** The number of connections at a time. `docker start --attach` has three. */
export const MAX_STREAMS = 64;

/** The bytes that may be on the way in one connection: 64 KiB, the default, slow down a long distance. */
export const WINDOW_BYTES = 2 ** 20;

/** The limit for a JSON text of the other side, in bytes. */
export const LONGEST_TEXT = 2 ** 16;

/** Twice the windows of all connections, in MB. Node refuses new connections beyond it; its default is 10. */
export const SESSION_MEGABYTES = (2 * MAX_STREAMS * WINDOW_BYTES) / 1e6;
