import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openFiles } from '../../test/support/test-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { connectInNetns } from './connect-in-netns.ts';
import { inNetns } from './in-netns.ts';
import { PrivateNetns } from './private-netns.ts';

const SERVER = `require('node:http').createServer((_, answer) => answer.end('inside'))
  .listen(8080, '::', () => console.log('ready'));`;

test.each(['127.0.0.1', '::1'])('a connection to %s leaves from the private namespace', async (host) => {
  using netns = PrivateNetns.create();
  using rtnl = Rtnetlink.open(netns.path);
  rtnl.setLink('lo', { up: true });
  const server = inNetns(netns.path, () => spawn(process.execPath, ['-e', SERVER]));
  onTestFinished(() => void server.kill());
  await once(server.stdout, 'data');
  const createConnection = () => connectInNetns(netns.path, host, 8080);
  const [answer] = (await once(get({ host, path: '/', createConnection }), 'response')) as [IncomingMessage];
  expect(await text(answer)).toBe('inside');
  const [error] = await once(connectInNetns(netns.path, host, 8081), 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('nothing remains of a closed namespace', () => {
  const before = openFiles();
  const netns = PrivateNetns.create();
  const { path } = netns;
  using rtnl = Rtnetlink.open(path);
  expect(rtnl.links().map(({ name }) => name)).toEqual(['lo']);
  rtnl.close();
  netns.close();
  netns.close();
  expect(openFiles()).toBe(before);
  expect(() => Rtnetlink.open(path)).toThrow();
});

test('a host that is no address, and a namespace that does not exist, are errors', () => {
  expect(() => connectInNetns('/proc/self/ns/net', 'localhost', 80)).toThrow(
    expect.objectContaining({ code: 'EINVAL' }),
  );
  expect(() => connectInNetns('/run/netns/none', '127.0.0.1', 80)).toThrow(
    expect.objectContaining({ code: 'ENOENT' }),
  );
});
