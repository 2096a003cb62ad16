import { isNetlinkError, type Route, type RouteSpec } from '@ovn-docker/netlink';
import { OvnDockerError } from '../../errors.ts';
import type { MachineNetlink } from '../machine/machine.ts';

/** The addresses and routes of an interface, as JSON. */
export interface NetworkState {
  readonly addresses: readonly string[];
  readonly routes: readonly (Omit<Route, 'link'> & Pick<RouteSpec, 'order'>)[];
}

/** rtm_protocol of the routes that the kernel makes for the addresses (rtnetlink(7)). */
const MADE_BY_KERNEL = 2;
/** RTM_GETROUTE's word for all tables. */
const ALL_TABLES = 0;

/** What an interface has, except what the kernel makes by itself. */
export function networkStateOf(netlink: MachineNetlink, name: string): NetworkState {
  const link = netlink.link(name);
  if (!link) return { addresses: [], routes: [] };
  const addresses = netlink.addresses(name).filter(({ scope }) => scope === 'global');
  const all = netlink.routes(ALL_TABLES);
  const own = all.filter(
    (route) =>
      route.link === link.index && route.protocol !== MADE_BY_KERNEL && !route.to.startsWith('fe80:'),
  );
  const routes = own.map((route) => {
    const { link: _, ...moved } = route;
    const order = orderOf(route, all);
    return order ? { ...moved, order } : moved;
  });
  return { addresses: addresses.map(({ cidr }) => cidr), routes };
}

/** Whether the kernel prefers the route to those of other interfaces with the same metric. */
function orderOf(route: Route, all: readonly Route[]): RouteSpec['order'] {
  const [first, ...others] = all.filter(
    ({ family, to, table, metric }) =>
      family === route.family && to === route.to && table === route.table && metric === route.metric,
  );
  if (first === undefined || others.every(({ link }) => link === first.link)) return undefined;
  return first.link === route.link ? 'first' : 'last';
}

/**
 * Moves addresses and routes from one interface to another within milliseconds, so that TCP connections go
 * on. What has been moved already stays as it is.
 */
export function moveNetwork(netlink: MachineNetlink, state: NetworkState, from: string, to: string): void {
  if (!netlink.link(to)) return;
  netlink.setLink(to, { up: true });
  for (const cidr of state.addresses)
    ignoring(['EEXIST'], () => netlink.addAddress(to, cidr, { noDad: true }));
  if (netlink.link(from)) {
    for (const cidr of state.addresses)
      ignoring(['EADDRNOTAVAIL', 'ENODEV'], () => netlink.deleteAddress(from, cidr));
    for (const route of networkStateOf(netlink, from).routes)
      ignoring(['ESRCH', 'ENODEV'], () => netlink.deleteRoute({ ...route, link: from }));
  }
  // Routes without a gateway first, because gateways must be reachable by then.
  const routes = state.routes.toSorted((one, other) => Number(Boolean(one.via)) - Number(Boolean(other.via)));
  for (const route of routes) ignoring(['EEXIST'], () => netlink.addRoute({ ...route, link: to }));
}

function ignoring(codes: readonly string[], work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isNetlinkError(error)) throw error;
    if (!codes.includes(error.code))
      throw new OvnDockerError('E_NETWORK_CHANGE', `the kernel refuses: ${error.message}`, { cause: error });
  }
}
