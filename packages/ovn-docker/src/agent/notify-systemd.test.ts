import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { expect, it, onTestFinished, vi } from 'vitest';
import { notifySystemd } from './notify-systemd.ts';

/** Binds the datagram socket, prints a line, then prints the first message. */
const RECEIVER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print(flush=True)
print(s.recv(4096).decode())
`;

it('sends READY=1 and the status to the socket that NOTIFY_SOCKET names', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  const path = join(folder, 'notify');
  const receiver = spawn('python3', ['-c', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    receiver.kill();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });
  await once(receiver.stdout, 'readable');
  vi.stubEnv('NOTIFY_SOCKET', path);
  const output = text(receiver.stdout);
  await notifySystemd(pino({ level: 'silent' }), { isReady: true, status: 'serving' });
  expect((await output).split('\n')).toEqual(expect.arrayContaining(['READY=1', 'STATUS=serving']));
});
