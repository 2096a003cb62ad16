import { constants } from 'node:os';
import { type Address, type Link, NetlinkError, type Route } from '@ovn-docker/netlink';
import type { MachineNetlink } from '../../src/cli/machine/machine.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Interfaces, addresses and routes of a machine in memory. */
export class InitNetwork implements MachineNetlink {
  readonly #links = new Map<string, Mutable<Link>>();
  readonly #addresses = new Map<string, string[]>();
  #routes: Route[] = [];
  #index = 1;

  add(name: string, { kind, mac }: { kind?: string; mac: string }): void {
    if (this.#links.has(name)) return;
    const link = { index: ++this.#index, name, mac, mtu: 1442, up: false, ...(kind ? { kind } : {}) };
    this.#links.set(name, link);
    this.#addresses.set(name, []);
  }

  remove(name: string): void {
    const link = this.#links.get(name);
    if (!link) return;
    this.#links.delete(name);
    this.#addresses.delete(name);
    this.#routes = this.#routes.filter((route) => route.link !== link.index);
  }

  /** What the programs of a machine lose with the power. */
  reset(): void {
    for (const name of this.#links.keys()) this.#addresses.set(name, []);
    this.#routes = [];
  }

  links = (): Link[] => [...this.#links.values()];
  link = (ref: string | number): Link | undefined =>
    this.links().find(({ name, index }) => name === ref || index === ref);

  addresses = (ref?: string | number): Address[] =>
    this.links()
      .filter(({ name, index }) => ref === undefined || name === ref || index === ref)
      .flatMap(({ name, index }) => (this.#addresses.get(name) ?? []).map((cidr) => address(index, cidr)));

  routes = (): Route[] => [...this.#routes];

  setLink = (ref: string | number, { up }: { up?: boolean }): void => {
    const link = this.#links.get(this.#require(ref).name);
    if (link && up !== undefined) link.up = up;
  };

  addAddress = (ref: string | number, cidr: string): void => {
    const owned = this.#addresses.get(this.#require(ref).name) ?? [];
    if (owned.includes(cidr)) throw refusal('add address', constants.errno.EEXIST);
    owned.push(cidr);
  };

  deleteAddress = (ref: string | number, cidr: string): void => {
    const { name, index } = this.#require(ref);
    const owned = this.#addresses.get(name) ?? [];
    if (!owned.includes(cidr)) throw refusal('delete address', constants.errno.EADDRNOTAVAIL);
    const kept = owned.filter((each) => each !== cidr);
    this.#addresses.set(name, kept);
    // The kernel deletes all IPv4 routes of an interface with its last IPv4 address.
    if (!kept.some((each) => !each.includes(':')))
      this.#routes = this.#routes.filter(({ link, family }) => link !== index || family !== 4);
  };

  addRoute = (route: Parameters<MachineNetlink['addRoute']>[0]): void => {
    const link = route.link === undefined ? undefined : this.#require(route.link).index;
    const added = {
      type: 'unicast',
      onlink: false,
      table: 254,
      scope: 'global',
      protocol: 3,
      family: 4,
      ...route,
      link,
    } as Route;
    if (this.#routes.some((each) => sameRoute(each, added)))
      throw refusal('add route', constants.errno.EEXIST);
    this.#routes.push(added);
  };

  deleteRoute = (route: Parameters<MachineNetlink['deleteRoute']>[0]): void => {
    const link = route.link === undefined ? undefined : this.#require(route.link).index;
    const found = this.#routes.findIndex((each) => sameRoute(each, { ...route, link } as Route));
    if (found === -1) throw refusal('delete route', constants.errno.ESRCH);
    this.#routes.splice(found, 1);
  };

  /** All of it, in an order that does not depend on the changes before. */
  dump(): unknown {
    const nameOf = new Map(this.links().map(({ index, name }) => [index, name]));
    return {
      links: this.links().map(({ name, kind, mac }) => ({
        name,
        kind,
        mac,
        addresses: this.#addresses.get(name)?.toSorted(),
      })),
      routes: this.#routes
        .map(({ to, via, link, metric }) => `${to} via ${via} dev ${nameOf.get(link ?? 0)} metric ${metric}`)
        .toSorted(),
    };
  }

  #require(ref: string | number): Link {
    const link = this.link(ref);
    if (!link) throw refusal(`find ${ref}`, constants.errno.ENODEV);
    return link;
  }
}

function refusal(operation: string, errno: number): NetlinkError {
  return new NetlinkError({ operation, errno });
}

function address(link: number, cidr: string): Address {
  const [ip = '', length = '0'] = cidr.split('/');
  const scope = ip.startsWith('fe80:') ? 'link' : 'global';
  const family = ip.includes(':') ? 6 : 4;
  return {
    link,
    family,
    cidr,
    address: ip,
    prefixLength: Number(length),
    scope,
    tentative: false,
    temporary: false,
  };
}

function sameRoute(one: Route, other: Route): boolean {
  return (
    one.to === other.to && one.via === other.via && one.link === other.link && one.metric === other.metric
  );
}
