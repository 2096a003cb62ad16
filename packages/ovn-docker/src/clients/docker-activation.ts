import { readdirSync, readlinkSync } from 'node:fs';
import { readFile, realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';

/** The process that holds the sockets of services which have not started: systemd (systemd.socket(5)). */
const INIT = 1;

/**
 * Tells a Docker that runs from one that a connection would only start. systemd listens on the socket of
 * docker.socket from early on and starts docker.service at the first connection. During the boot
 * docker.service is ordered after the agent, so the agent's question would wait for the agent; later, the
 * question would start a Docker that an operator or an upgrade has stopped.
 *
 * A service that runs has the listening socket open itself: it opened the socket, or inherited it from init.
 */
export class DockerActivation {
  readonly #socketPath: string;
  readonly #init: number;
  /** Inode of a socket file whose socket init does not hold. */
  #own: bigint | undefined;
  /** A descriptor of the service, and what it refers to. */
  #descriptor: { readonly path: string; readonly target: string } | undefined;

  #look: Promise<boolean> | undefined;

  /** @param init process id of init; tests name another process */
  constructor(socketPath: string, init = INIT) {
    this.#socketPath = socketPath;
    this.#init = init;
  }

  /**
   * Whether a connection would only start the service. False when that cannot be seen, for example without
   * CAP_SYS_PTRACE. Costs one look at a file while the service runs. Simultaneous calls share one look.
   */
  isOnlyActivatable(): Promise<boolean> {
    this.#look ??= this.#lookNow().finally(() => {
      this.#look = undefined;
    });
    return this.#look;
  }

  async #lookNow(): Promise<boolean> {
    try {
      const { ino } = await stat(this.#socketPath, { bigint: true });
      if (ino === this.#own || this.#isServed()) return false;
      const inode = await listeningInode(this.#socketPath);
      // Nothing listens: to connect fails at once.
      if (inode === undefined) return false;
      const target = `socket:[${inode}]`;
      if (findDescriptor(this.#init, target) === undefined) {
        this.#own = ino;
        return false;
      }
      return !(await this.#findService(target));
    } catch {
      return false;
    }
  }

  #isServed(): boolean {
    const { path, target } = this.#descriptor ?? {};
    return path !== undefined && readLink(path) === target;
  }

  async #findService(target: string): Promise<boolean> {
    for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
      const path = pid === this.#init ? undefined : findDescriptor(pid, target);
      if (path !== undefined) {
        this.#descriptor = { path, target };
        return true;
      }
      await setImmediate();
    }
    return false;
  }
}

/** The flags column of a listening socket (Linux, net/unix/af_unix.c: __SO_ACCEPTCON). */
const LISTENING = '00010000';

/** proc(5), /proc/net/unix: `Num RefCount Protocol Flags Type St Inode Path`. */
async function listeningInode(socketPath: string): Promise<string | undefined> {
  const path = await realpath(socketPath);
  const lines = (await readFile('/proc/net/unix', 'utf8')).split('\n');
  for (const line of lines) {
    // /var/run is a link to /run: the service may have bound the other name.
    if (!line.endsWith(`/${basename(path)}`)) continue;
    const [, , , flags, , , inode, bound = ''] = line.trim().split(/\s+/);
    if (flags === LISTENING && (await realpath(bound).catch(() => undefined)) === path) return inode;
  }
  return undefined;
}

/** The path of the process's descriptor that refers to `target`; undefined for a process that has ended. */
function findDescriptor(pid: number, target: string): string | undefined {
  const directory = `/proc/${pid}/fd`;
  return descriptorsOf(directory)
    .map((fd) => `${directory}/${fd}`)
    .find((path) => readLink(path) === target);
}

function descriptorsOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return [];
    throw error;
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
