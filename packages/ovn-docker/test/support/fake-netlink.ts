import { constants } from 'node:os';
import { type Link, NetlinkError } from '@ovn-docker/netlink';

type FakeLink = { -readonly [K in keyof Link]: Link[K] };

interface LinkChange {
  alias?: string;
  up?: boolean;
  mtu?: number;
  mac?: string;
  rename?: string;
  master?: null;
}

/** The VM's interfaces in memory. */
export class FakeNetlink {
  readonly byName = new Map<string, FakeLink>();
  #index = 0;

  link = (name: string | number) =>
    [...this.byName.values()].find((link) => name === link.name || name === link.index);
  dropsReceived = () => true;
  links = () => [...this.byName.values()];

  createVeth({
    name,
    mtu,
    peer,
  }: {
    name: string;
    mtu?: number;
    peer: { name: string; mac: string; mtu?: number };
  }) {
    const make = (end: { name: string; mac: string; mtu?: number | undefined }) =>
      this.byName.set(end.name, { index: ++this.#index, up: false, ...end, mtu: end.mtu ?? 1500 });
    make({ name, mac: '02:00:00:00:00:01', mtu });
    make(peer);
  }

  setLink(ref: string | number, { rename, master, ...change }: LinkChange): void {
    const link = this.link(ref);
    if (!link) throw new NetlinkError({ operation: `change link ${ref}`, errno: constants.errno.ENODEV });
    Object.assign(link, change);
    if (master === null) delete link.master;
    if (rename === undefined) return;
    this.byName.delete(link.name);
    link.name = rename;
    this.byName.set(rename, link);
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
