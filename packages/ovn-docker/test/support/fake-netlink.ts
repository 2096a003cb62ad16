import { constants } from 'node:os';
import { type Link, NetlinkError } from '@ovn-docker/netlink';

/** The VM's interfaces in memory. */
export class FakeNetlink {
  readonly byName = new Map<
    string,
    { name: string; alias?: string; mac?: string; mtu?: number; up?: boolean }
  >();

  link = (name: string) => this.byName.get(name);
  links = () => [...this.byName.values()] as unknown as Link[];

  createVeth({
    name,
    mtu,
    peer,
  }: {
    name: string;
    mtu?: number;
    peer: { name: string; mac: string; mtu?: number };
  }) {
    this.byName.set(name, { name, ...(mtu === undefined ? {} : { mtu }) });
    this.byName.set(peer.name, peer);
  }

  setLink(name: string, { alias, up }: { alias?: string; up?: boolean }): void {
    const link = this.byName.get(name);
    if (link && alias !== undefined) link.alias = alias;
    if (link && up !== undefined) link.up = up;
  }

  /** Deletes both ends of the pair. */
  deleteLink(name: string): void {
    if (!this.byName.has(name)) {
      throw new NetlinkError({ operation: `delete link ${name}`, errno: constants.errno.ENODEV });
    }
    const vmEnd = name.replace(/c$/, '');
    this.byName.delete(vmEnd);
    this.byName.delete(`${vmEnd}c`);
  }
}
