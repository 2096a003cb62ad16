import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { DockerActivation } from './docker-activation.ts';

/** Listens like init, and starts the service, which inherits the socket, when it reads a line. */
const INIT = `
import socket, subprocess, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
print('listening', flush=True)
sys.stdin.readline()
service = subprocess.Popen(['sleep', '600'], pass_fds=[s.fileno()])
print('started', flush=True)
sys.stdin.readline()
service.kill()
service.wait()
print('ended', flush=True)
sys.stdin.readline()
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'activation-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

async function startInit(path: string) {
  const init = spawn('python3', ['-c', INIT, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void init.kill());
  await once(init.stdout, 'data');
  const next = async () => {
    init.stdin.write('\n');
    await once(init.stdout, 'data');
  };
  return { pid: init.pid ?? 0, next };
}

it('scenario 44: a socket that only init holds belongs to a service that does not run', async () => {
  const path = join(folder, 'docker.sock');
  const { pid, next } = await startInit(path);
  const docker = new DockerActivation(path, pid);
  expect(await docker.isOnlyActivatable()).toBe(true);
  await next();
  for (const _ of ['once', 'twice']) expect(await docker.isOnlyActivatable()).toBe(false);
  await next();
  expect(await docker.isOnlyActivatable()).toBe(true);
});

it('scenario 44: a link to the folder of the socket makes no difference', async () => {
  const { pid } = await startInit(join(folder, 'docker.sock'));
  symlinkSync(folder, `${folder}/run`);
  const docker = new DockerActivation(join(folder, 'run', 'docker.sock'), pid);
  expect(await docker.isOnlyActivatable()).toBe(true);
});

it('scenario 44: a socket that the service itself opened, a file and nothing are no such sockets', async () => {
  const path = join(folder, 'docker.sock');
  await startInit(path);
  writeFileSync(join(folder, 'file'), '');
  for (const name of ['docker.sock', 'file', 'none']) {
    const docker = new DockerActivation(join(folder, name));
    for (const _ of ['once', 'twice'])
      expect([name, await docker.isOnlyActivatable()]).toEqual([name, false]);
  }
});
