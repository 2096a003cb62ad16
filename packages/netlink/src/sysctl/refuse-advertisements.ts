import { isNetlinkError } from '../errors.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { writeLinkSettings } from './link-settings.ts';

/** Protocol of the routes that a router advertisement adds (RTPROT_RA, linux/rtnetlink.h). */
const RTPROT_RA = 9;

/**
 * Makes a link ignore router advertisements (sysctl `net.ipv6.conf.LINK.accept_ra`), and removes the routes
 * and addresses that it has from earlier ones.
 *
 * @param netns path of the network namespace; this thread's namespace when undefined
 * @throws NetlinkError ENODEV when the link does not exist, EROFS or EACCES when /proc/sys cannot be written
 * @example
 * ```ts
 * refuseAdvertisements('/run/netns/blue', 'eth0');
 * ```
 */
export function refuseAdvertisements(netns: string | undefined, link: string): void {
  writeLinkSettings(netns, link, [['ipv6', 'accept_ra', '0']]);
  using rtnl = Rtnetlink.open(netns);
  const index = rtnl.link(link)?.index;
  const routes = rtnl.routes().filter((route) => route.link === index && route.protocol === RTPROT_RA);
  for (const route of routes) unlessGone(() => rtnl.deleteRoute(route));
  const learned = rtnl.addresses(link).filter(({ family, temporary }) => family === 6 && temporary);
  for (const { cidr } of learned) unlessGone(() => rtnl.deleteAddress(link, cidr));
}

/** Routes and addresses can expire at any moment. */
function unlessGone(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isNetlinkError(error, 'ESRCH', 'EADDRNOTAVAIL')) throw error;
  }
}
