import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Switch } from '../../../../openflow/test/support/switch.ts';
import { findSwitchControl } from './switch-control.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'control-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A server at ovs-vswitchd's control socket that answers each call with these pieces. */
async function answering(...pieces: string[]): Promise<AsyncDisposable> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      for (const piece of pieces) socket.write(piece);
      socket.end();
    });
  });
  server.listen(join(directory, 'ovs-vswitchd.1.ctl'));
  await once(server, 'listening');
  return { [Symbol.asyncDispose]: async () => void server.close() };
}

it('asks a real ovs-vswitchd, and passes on why it refuses', async () => {
  await using bridge = await Switch.start();
  const control = await findSwitchControl(dirname(bridge.socket));
  expect(await control?.('version')).toMatch(/^ovs-vswitchd \(Open vSwitch\) \d/);
  expect(await control?.('dpctl/dump-dps')).toBe('dummy@ovs-dummy\n');
  await expect(control?.('no/such-command')).rejects.toMatchObject({
    code: 'E_SWITCH',
    message: expect.stringContaining('"no/such-command" is not a valid command'),
  });
});

it('finds nothing in an empty or missing directory, and passes over the socket of a killed ovs-vswitchd', async () => {
  expect(await findSwitchControl(join(directory, 'nowhere'))).toBeUndefined();
  writeFileSync(join(directory, 'ovs-vswitchd.7.ctl'), '');
  expect(await findSwitchControl(directory)).toBeUndefined();
});

it('joins an answer that arrives in pieces, also where a piece ends with a brace', async () => {
  await using _server = await answering('{"id":0,"result":"{a}', '","error":null}');
  expect(await (await findSwitchControl(directory))?.('x')).toBe('{a}');
});

it.each([
  ['ends the connection', ['{"id":0'], 'closed the connection'],
  ['never ends its answer', ['x'.repeat(2 ** 21)], 'more than'],
])('a server that %s is an error', async (_, pieces, reason) => {
  await using _server = await answering(...pieces);
  await expect((await findSwitchControl(directory))?.('x')).rejects.toMatchObject({
    code: 'E_SWITCH',
    message: expect.stringContaining(reason),
    hint: expect.stringContaining('systemctl restart openvswitch-switch'),
  });
});
