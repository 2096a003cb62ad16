import { familyOf, formatIp } from '../address/ip.ts';
import { scopeName } from '../address/scope.ts';
import { type Attributes, parseAttributes, u32Of } from '../codec/attribute.ts';
import { readU32, requireField } from '../codec/host-order.ts';
import * as rt from './message.ts';
import type { Route, RouteType } from './route.ts';

/**
 * Decodes a {@link Route} from the payload of RTM_NEWROUTE: struct rtmsg and attributes (rtnetlink(7)).
 * Returns undefined for the types that only the kernel creates (local, broadcast, multicast).
 *
 * @throws NetlinkError EBADMSG when the payload ends before.
 */
export function decodeRoute(payload: Buffer): Route | undefined {
  requireField(payload, 0, rt.RTMSG_LENGTH);
  const [family = 0, destinationLength = 0, , , shortTable = 0, protocol = 0, scope = 0, typeNumber = 0] =
    payload;
  const flags = readU32(payload, 8);
  const type = typeOf(typeNumber);
  if (type === undefined) return undefined;

  const attributes = parseAttributes(payload.subarray(rt.RTMSG_LENGTH));
  const destination = attributes.get(rt.RTA_DST);
  const source = attributes.get(rt.RTA_PREFSRC);
  const via = gatewayOf(attributes);
  const link = u32Of(attributes, rt.RTA_OIF);
  const metric = u32Of(attributes, rt.RTA_PRIORITY);
  return {
    family: familyOf(family),
    to: destination ? `${formatIp(destination)}/${destinationLength}` : 'default',
    type,
    ...(via ? { via: formatIp(via) } : {}),
    ...(link === undefined ? {} : { link }),
    onlink: (flags & rt.RTNH_F_ONLINK) !== 0,
    ...(source ? { source: formatIp(source) } : {}),
    ...(metric === undefined ? {} : { metric }),
    table: u32Of(attributes, rt.RTA_TABLE) ?? shortTable,
    scope: scopeName(scope),
    protocol,
  };
}

/** RTA_VIA is a gateway whose family differs from the route's: the family (two bytes), then the address. */
const gatewayOf = (attributes: Attributes): Buffer | undefined =>
  attributes.get(rt.RTA_GATEWAY) ?? attributes.get(rt.RTA_VIA)?.subarray(2);

const TYPE_NAMES: ReadonlyMap<number, RouteType> = new Map(
  (Object.entries(rt.TYPE_NUMBERS) as [RouteType, number][]).map(([name, number]) => [number, name]),
);

const typeOf = (number: number): RouteType | undefined => TYPE_NAMES.get(number);
