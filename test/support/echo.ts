import { createHash } from 'node:crypto';
import { waitFor } from '@ovn-docker/lab';
import type { Vm } from './vm.ts';

/**
 * Echo server over TCP and UDP. It runs in a container's network namespace with this computer's Node, because
 * the image has none; on the network its traffic is the container's own.
 */
const SERVER = `
const { createServer } = await import('node:net');
const { createSocket } = await import('node:dgram');
const udp = createSocket('udp6').on('message', (payload, from) => udp.send(payload, from.port, from.address));
udp.bind(7, () => createServer((socket) => socket.pipe(socket)).listen(7, '::', () => console.log('echo ready')));`;

/**
 * Sends `size` bytes and prints the hash of the answer. Repeats UDP until an answer arrives, because the
 * first datagram may find no ARP entry.
 */
const CLIENT = `
const [protocol, host, size] = process.argv.slice(1);
const payload = Buffer.alloc(Number(size), (_, index) => 0).map((_, index) => (index * 31) % 251);
const done = async (answer) => {
  const { createHash } = await import('node:crypto');
  console.log(createHash('sha256').update(answer).digest('hex'));
  process.exit(0);
};
if (protocol === 'tcp') {
  const { connect } = await import('node:net');
  const socket = connect(7, host, () => socket.write(payload));
  const parts = [];
  let length = 0;
  socket.on('data', (part) => {
    parts.push(part);
    length += part.length;
    if (length >= payload.length) done(Buffer.concat(parts));
  });
} else {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').on('message', done);
  const send = () => socket.send(payload, 7, host);
  send();
  setInterval(send, 500);
}`;

const inContainer = async (vm: Vm, container: string, ...args: readonly string[]) => {
  const pid = await vm.docker('inspect', '--format', '{{.State.Pid}}', container);
  return ['nsenter', '--target', pid, '--net', process.execPath, '--input-type=module', '--eval', ...args];
};

/** Starts an echo server (RFC 862) in a container's network namespace. Returns the function that ends it. */
export async function startEcho(vm: Vm, container: string): Promise<() => Promise<void>> {
  const name = `echo-${container.slice(0, 12)}`;
  await vm.machine.start(name, await inContainer(vm, container, SERVER));
  await vm.machine.waitForLog(name, 'echo ready');
  return () => vm.machine.stop(name, 'KILL');
}

/** Whether the echo server at `host` returns `size` bytes unchanged within ten seconds. */
export async function echoes(
  vm: Vm,
  container: string,
  protocol: 'tcp' | 'udp',
  host: string,
  size: number,
): Promise<boolean> {
  const payload = Buffer.alloc(size).map((_, index) => (index * 31) % 251);
  const command = await inContainer(vm, container, CLIENT, protocol, host, String(size));
  const { stdout } = await vm.machine.run(command, { timeoutMs: 10_000 });
  return stdout.trim() === createHash('sha256').update(payload).digest('hex');
}

/** Flags of the IPv6 addresses of a container's eth0, by address as /proc/net/if_inet6 writes it. */
export async function addressFlags(vm: Vm, container: string): Promise<Map<string, number>> {
  const table = await vm.docker('exec', container, 'cat', '/proc/net/if_inet6');
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  const own = rows.filter(([, , , , , device]) => device === 'eth0');
  return new Map(own.map(([address = '', , , , flags = '0']) => [address, Number.parseInt(flags, 16)]));
}

/**
 * linux/if_addr.h: IFA_F_TENTATIVE, the check is not finished; IFA_F_DADFAILED, another host has the address.
 */
const TENTATIVE = 0x40;
const DADFAILED = 0x08;

/**
 * Waits until duplicate address detection (RFC 4862 §5.4) has ended. Returns the addresses that another host
 * has.
 */
export async function duplicates(vm: Vm, container: string): Promise<string[]> {
  const checked = async () => {
    const flags = await addressFlags(vm, container);
    const isOver = [...flags.values()].every((flag) => !(flag & TENTATIVE) || flag & DADFAILED);
    return isOver && flags;
  };
  const flags = await waitFor('duplicate address detection', checked, 10_000);
  return [...flags].filter(([, flag]) => flag & DADFAILED).map(([address]) => address);
}
