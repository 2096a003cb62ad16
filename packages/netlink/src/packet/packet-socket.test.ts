import { expect, test } from 'vitest';
import { testNamespaces } from '../../test/support/test-netns.ts';
import { parseMac } from '../codec/mac.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { PacketSocket } from './packet-socket.ts';

const namespaces = testNamespaces();
const NEAR = '02:00:00:00:00:01';
const FAR = '02:00:00:00:00:02';

/** A cable between two namespaces, with a socket that sends at one end, and one that receives at each end. */
function cable() {
  const [near, far] = [namespaces.create(), namespaces.create()];
  using rtnl = Rtnetlink.open(near);
  using other = Rtnetlink.open(far);
  rtnl.createVeth({ name: 'eth0', mac: NEAR, up: true, peer: { name: 'eth1', mac: FAR, netns: far } });
  other.setLink('eth1', { up: true });
  const stack = new DisposableStack();
  const sender = stack.use(PacketSocket.open('eth0', { netns: near }));
  const watcher = stack.use(PacketSocket.open('eth0', { netns: near, receive: true }));
  const receiver = stack.use(PacketSocket.open('eth1', { netns: far, receive: true }));
  return { sender, watcher, receiver, [Symbol.dispose]: () => stack.dispose() };
}

/** A frame with this content between the two addresses and the payload. */
const frameWith = (content: string) =>
  Buffer.concat([parseMac(FAR), parseMac(NEAR), Buffer.from(`${content}88b5`, 'hex'), Buffer.alloc(46, 7)]);

/** All frames of the test that the socket has; the kernel sends others by itself. */
function drain(socket: PacketSocket) {
  const received = [];
  for (let next = socket.receive(); next !== undefined; next = socket.receive())
    if (next.bytes.subarray(6, 12).equals(parseMac(NEAR)) && next.bytes.at(-1) === 7) received.push(next);
  return received;
}

test.each([
  ['without a tag', ''],
  ['with a tag', '8100000d'],
  ['with a priority tag', '8100e000'],
  ['with a service tag', '88a80fff'],
  ['with two tags', '8100000a8100000d'],
  ['with three tags of several types', '88a8000a8100000d91000001'],
])('a frame %s arrives as it was sent, and another socket of the sending link sees it', (_, tags) => {
  using link = cable();
  const frame = frameWith(tags);
  link.sender.send(frame);
  expect(drain(link.receiver)).toEqual([{ bytes: frame, isSent: false }]);
  expect(drain(link.watcher)).toEqual([{ bytes: frame, isSent: true }]);
});

test('without a frame, receive returns at once', () => {
  using link = cable();
  expect(drain(link.receiver)).toEqual([]);
});

test('a missing link and a closed socket are errors', () => {
  const netns = namespaces.create();
  expect(() => PacketSocket.open('eth7', { netns })).toThrow(expect.objectContaining({ code: 'ENODEV' }));
  const socket = PacketSocket.open('lo', { netns });
  socket.close();
  socket.close();
  expect(() => socket.receive()).toThrow(expect.objectContaining({ code: 'EBADF' }));
  expect(() => socket.send(frameWith(''))).toThrow(expect.objectContaining({ code: 'EBADF' }));
});
