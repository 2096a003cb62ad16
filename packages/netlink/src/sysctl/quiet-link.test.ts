import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { inNetns } from '../namespace/in-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { quietLink } from './quiet-link.ts';

const namespaces = testNamespaces();
const MAC = '02:00:00:00:00:01';

/** A machine with the links `port` and `other`, and the namespace at the other ends of both. */
function twoLinks(): { machine: string; neighbour: string } {
  const [machine, neighbour] = [namespaces.create(), namespaces.create()];
  using inside = Rtnetlink.open(machine);
  using outside = Rtnetlink.open(neighbour);
  for (const name of ['port', 'other']) {
    inside.createVeth({ name, up: true, peer: { name, netns: neighbour } });
    inside.setLink(name, { mac: MAC });
    inside.addAddress(name, '192.0.2.1/24');
    outside.setLink(name, { up: true });
  }
  return { machine, neighbour };
}

/**
 * Opens a socket in the machine, sends one frame per link from the neighbour's namespace as a program with
 * CAP_NET_RAW does, and prints what the socket reads up to the last frame.
 */
const SCENE = `
import ctypes, os, socket, sys
packet, neighbour, frames = sys.argv[1] == 'packet', sys.argv[2], [pair.split('=') for pair in sys.argv[3:]]
if packet:
    reader = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    reader.bind(('port', 3))
else:
    reader = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    reader.bind(('', 4000))
reader.settimeout(10)
if ctypes.CDLL(None).setns(os.open(neighbour, os.O_RDONLY), 0): raise OSError('setns')
for link, frame in frames:
    sender = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sender.bind((link, 0))
    sender.send(bytes.fromhex(frame))
last = bytes.fromhex(frames[-1][1])
while True:
    data = reader.recv(2000)
    if last.endswith(data) or not packet: print(data[-5:].decode())
    if last.endswith(data): break`;

function readBy(
  socket: 'packet' | 'udp',
  { machine, neighbour }: ReturnType<typeof twoLinks>,
  frames: Readonly<Record<string, Buffer>>,
): string[] {
  const pairs = Object.entries(frames).map(([link, frame]) => `${link}=${frame.toString('hex')}`);
  const output = inNetns(machine, () =>
    execFileSync('python3', ['-c', SCENE, socket, neighbour, ...pairs], { encoding: 'utf8' }),
  );
  return output.trim().split('\n');
}

/** A UDP datagram over IPv4 without checksum (RFC 768), to port 4000. */
function datagram(mac: string, from: string, to: string, text: string): Buffer {
  const bytes = (address: string) => Buffer.from(address.split('.').map(Number));
  const payload = Buffer.from(text);
  const ip = Buffer.from('45000000000000004011000000000000000000000fa00fa000000000', 'hex');
  ip.writeUInt16BE(ip.length + payload.length, 2);
  ip.writeUInt16BE(8 + payload.length, 24);
  bytes(from).copy(ip, 12);
  bytes(to).copy(ip, 16);
  let sum = 0;
  for (let offset = 0; offset < 20; offset += 2) sum += ip.readUInt16BE(offset);
  ip.writeUInt16BE(~((sum & 0xffff) + (sum >>> 16)) & 0xffff, 10);
  const ethernet = Buffer.from(`${mac.replaceAll(':', '')}0200000000020800`, 'hex');
  return Buffer.concat([ethernet, ip, payload]);
}

test.each([
  ['a broadcast from no address', 'ff:ff:ff:ff:ff:ff', '0.0.0.0', '255.255.255.255'],
  ['a broadcast from an address of the machine’s network', 'ff:ff:ff:ff:ff:ff', '192.0.2.9', '192.0.2.255'],
  ['a datagram to an address of the machine', MAC, '192.0.2.9', '192.0.2.1'],
  ['a multicast that every machine receives', '01:00:5e:00:00:01', '192.0.2.9', '224.0.0.1'],
])('%s reaches the machine’s sockets by every link except a quiet one', (_, mac, from, to) => {
  const scene = twoLinks();
  const frames = {
    port: datagram(mac, from, to, 'quiet'),
    other: datagram(mac, from, to, 'other'),
  };
  expect(readBy('udp', scene, frames)).toEqual(['quiet', 'other']);
  quietLink(scene.machine, 'port');
  expect(readBy('udp', scene, frames)).toEqual(['other']);
});

test('a packet socket still reads what a quiet link receives', () => {
  const scene = twoLinks();
  quietLink(scene.machine, 'port');
  quietLink(scene.machine, 'port'); // A second call changes nothing.
  expect(readBy('packet', scene, { port: datagram(MAC, '192.0.2.9', '192.0.2.1', 'frame') })).toEqual([
    'frame',
  ]);
});

test('shows whether the filter is there, also after another program has removed it', () => {
  const { machine } = twoLinks();
  using inside = Rtnetlink.open(machine);
  const tc = (...args: string[]) => inNetns(machine, () => execFileSync('tc', args));
  const isThere = () => inside.dropsReceived('port');
  expect(isThere()).toBe(false);
  tc('qdisc', 'add', 'dev', 'port', 'clsact');
  expect(isThere()).toBe(false);
  for (const what of ['filter', 'qdisc']) {
    quietLink(machine, 'port');
    expect(isThere()).toBe(true);
    expect(inside.dropsReceived('other')).toBe(false);
    tc(what, 'del', 'dev', 'port', what === 'filter' ? 'ingress' : 'clsact');
    expect(isThere()).toBe(false);
  }
});

test('the machine sends nothing of its own on a quiet link', () => {
  const { machine } = twoLinks();
  using inside = Rtnetlink.open(machine);
  const versions = () => inside.addresses('port').map(({ family }) => family);
  expect(versions()).toContain(6);
  quietLink(machine, 'port');
  expect(versions()).not.toContain(6);
});

test('a missing link is an error, and a name with a slash cannot reach another setting', () => {
  const netns = namespaces.create();
  using inside = Rtnetlink.open(netns);
  expect(() => quietLink(netns, 'eth7')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
  expect(() => inside.dropReceived('eth7')).toThrow(expect.objectContaining({ code: 'ENODEV' }));
  expect(() => quietLink(netns, '../all')).toThrow(expect.objectContaining({ code: 'EINVAL' }));
});
