import { closeSync, openSync } from 'node:fs';
import { asNetlinkError } from '../errors.ts';
import { CLONE_NEWNET, checked, libc } from '../socket/libc.ts';
import { withOwnNetnsRestored } from './in-netns.ts';
import { OWN_NETNS } from './netns-file.ts';

/**
 * A new network namespace without a name, which exists as long as this process has it open: nothing of it
 * remains when the process is killed. It needs no mount. Its loopback interface is down.
 *
 * @example
 * ```ts
 * using netns = PrivateNetns.create();
 * using rtnl = Rtnetlink.open(netns.path);
 * rtnl.setLink('lo', { up: true });
 * ```
 */
export class PrivateNetns implements Disposable {
  #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /** @throws NetlinkError EPERM without CAP_SYS_ADMIN, ENOSPC (user.max_net_namespaces), EMFILE. */
  static create(): PrivateNetns {
    const operation = 'create a network namespace';
    const unshare = () => checked(operation, libc.unshare(CLONE_NEWNET));
    const open = () => asNetlinkError(operation, () => openSync(OWN_NETNS, 'r'));
    return new PrivateNetns(withOwnNetnsRestored(operation, unshare, open));
  }

  /** Path of the namespace, valid until it is closed. */
  get path(): string {
    return `/proc/${process.pid}/fd/${this.#fd}`;
  }

  /** Closes the namespace. The kernel deletes it when no socket is left in it. A second call does nothing. */
  close(): void {
    if (this.#fd < 0) return;
    closeSync(this.#fd);
    this.#fd = -1;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
