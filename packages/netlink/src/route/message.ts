import type { RouteType } from './route.ts';

// linux/rtnetlink.h
export const RTM_NEWROUTE = 24;
export const RTM_DELROUTE = 25;
export const RTM_GETROUTE = 26;
export const RTA_DST = 1;
export const RTA_OIF = 4;
export const RTA_GATEWAY = 5;
export const RTA_PRIORITY = 6;
export const RTA_PREFSRC = 7;
export const RTA_TABLE = 15;
export const RTA_VIA = 18;
export const RTNH_F_ONLINK = 4;
export const RT_TABLE_MAIN = 254;
export const RT_TABLE_UNSPEC = 0;
/** `boot` in ip(8): a user or a program created the route, not a routing daemon. */
export const RTPROT_BOOT = 3;

export const TYPE_NUMBERS: Readonly<Record<RouteType, number>> = {
  unicast: 1,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
};

/** Length of struct rtmsg (rtnetlink(7)). */
export const RTMSG_LENGTH = 12;
