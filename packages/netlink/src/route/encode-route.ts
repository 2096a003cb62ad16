import { addressFamily, bitsOf, type Family, type Prefix, parseCidr, parseIp } from '../address/ip.ts';
import { attribute, u32Attribute } from '../codec/attribute.ts';
import { writeU16, writeU32 } from '../codec/host-order.ts';
import { invalidArgument } from '../errors.ts';
import * as rt from './message.ts';
import type { RouteSpec } from './route.ts';

/** The parts of a request that differ between adding and deleting a route, and the index of its link. */
export interface RouteContext {
  readonly operation: string;
  readonly protocol: number;
  readonly scope: number;
  readonly link: number | undefined;
}

/** Encodes the payload of RTM_NEWROUTE and RTM_DELROUTE: struct rtmsg and attributes (rtnetlink(7)). */
export function encodeRoute(route: RouteSpec, context: RouteContext): Buffer[] {
  const destination = destinationOf(route);
  const { family } = destination;
  const table = route.table ?? rt.RT_TABLE_MAIN;
  const attributes: Buffer[] = [u32Attribute(rt.RTA_TABLE, table)];
  if (destination.length > 0) attributes.push(attribute(rt.RTA_DST, destination.bytes));
  if (route.via !== undefined) attributes.push(gateway(route.via, family));
  if (context.link !== undefined) attributes.push(u32Attribute(rt.RTA_OIF, context.link));
  if (route.source !== undefined)
    attributes.push(attribute(rt.RTA_PREFSRC, sourceOf(route.source, family, context)));
  if (route.metric !== undefined) attributes.push(u32Attribute(rt.RTA_PRIORITY, route.metric));
  return [header(route, destination, context), ...attributes];
}

function header(route: RouteSpec, destination: Prefix, { protocol, scope }: RouteContext): Buffer {
  const bytes = Buffer.alloc(rt.RTMSG_LENGTH);
  bytes[0] = addressFamily(destination.family);
  bytes[1] = destination.length;
  // The table has only one byte here; RTA_TABLE has four, and the kernel uses it.
  bytes[4] = rt.RT_TABLE_UNSPEC;
  bytes[5] = protocol;
  bytes[6] = scope;
  bytes[7] = rt.TYPE_NUMBERS[route.type ?? 'unicast'];
  writeU32(bytes, route.onlink ? rt.RTNH_F_ONLINK : 0, 8);
  return bytes;
}

/** The destination prefix. `default` is 0.0.0.0/0 or ::/0, by the family of the other addresses. */
function destinationOf({ to, via, source, family }: RouteSpec): Prefix {
  if (to === 'default') {
    const other = source ?? via;
    const version = family ?? (other === undefined ? 4 : parseIp(other).family);
    return { family: version, bytes: Buffer.alloc(bitsOf(version) / 8), length: 0 };
  }
  if (to.includes('/')) return parseCidr(to);
  const ip = parseIp(to);
  return { ...ip, length: bitsOf(ip.family) };
}

function gateway(via: string, family: Family): Buffer {
  const ip = parseIp(via);
  if (ip.family === family) return attribute(rt.RTA_GATEWAY, ip.bytes);
  const viaFamily = Buffer.alloc(2);
  writeU16(viaFamily, addressFamily(ip.family), 0);
  return attribute(rt.RTA_VIA, viaFamily, ip.bytes);
}

function sourceOf(source: string, family: Family, { operation }: RouteContext): Buffer {
  const ip = parseIp(source);
  if (ip.family !== family)
    throw invalidArgument(operation, `source ${source} is not an IPv${family} address`);
  return ip.bytes;
}
