import { Socket } from 'node:net';
import { parseIp } from '../address/ip.ts';
import { AF_INET, AF_INET6, checked, libc, SOCK_CLOEXEC } from '../socket/libc.ts';
import { inNetns } from './in-netns.ts';

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;

/**
 * Connects to an IP address through a network namespace, by TCP. A socket belongs to the namespace in which
 * it was created: only that is done there, and the connection is Node's own from then on.
 *
 * @param netns path such as `/run/netns/blue`
 * @returns a socket that is connecting: it emits `connect`, or `error`
 * @throws NetlinkError ENOENT when the path does not exist, EINVAL when `host` is no IP address, EMFILE.
 * @example
 * ```ts
 * connectInNetns('/run/netns/blue', '192.0.2.5', 80).once('connect', () => console.log('open'));
 * ```
 */
export function connectInNetns(netns: string, host: string, port: number): Socket {
  const domain = parseIp(host).family === 4 ? AF_INET : AF_INET6;
  const type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const fd = inNetns(netns, () => checked(`connect to ${host}`, libc.socket(domain, type, 0)));
  // Node reads from a socket with a descriptor at once; this one is not connected yet.
  return new Socket({ fd, manualStart: true } as ConstructorParameters<typeof Socket>[0]).connect({
    host,
    port,
  });
}
