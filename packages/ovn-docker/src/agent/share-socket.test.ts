import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shareSocket } from './share-socket.ts';

const folder = mkdtempSync(join(tmpdir(), 'share-'));
const socket = join(folder, 'agent.sock');
const groups = join(folder, 'group');
const server = createServer();
beforeAll(async () => {
  writeFileSync(groups, 'root:x:0:\ndocker:x:993:debian\n');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it.runIf(process.getuid?.() === 0)(
  'a group gets the rights on the socket, by name or by number',
  async () => {
    await shareSocket(socket, 'docker', groups);
    expect(statSync(socket)).toMatchObject({ gid: 993, uid: 0 });
    expect(statSync(socket).mode & 0o777).toBe(0o660);
    await shareSocket(socket, '4711', groups);
    expect(statSync(socket).gid).toBe(4711);
  },
);

it.each(['nope', 'dock', 'root:x'])('a group %s that does not exist is an E_CONFIG', async (group) => {
  await expect(shareSocket(socket, group, groups)).rejects.toMatchObject({
    code: 'E_CONFIG',
    message: expect.stringContaining(group),
  });
});
