import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeDocker } from '../../../test/support/fake-docker.ts';
import type { DoctorContext } from './context.ts';
import { rootlessCheckIn } from './rootless-check.ts';

let sessions: string;
beforeEach(() => {
  sessions = mkdtempSync(join(tmpdir(), 'sessions-'));
});
afterEach(() => rmSync(sessions, { recursive: true }));

const DOCKER = { Version: '28.5.2', ApiVersion: '1.51', Components: [{ Name: 'Engine' }] };
const PODMAN = { Version: '4.3.1', ApiVersion: '1.41', Components: [{ Name: 'Podman Engine' }] };
const ROOTLESS = ['name=seccomp,profile=builtin', 'name=rootless', 'name=cgroupns'];

async function runWith(version: object, SecurityOptions: string[] | null) {
  await using docker = await fakeDocker({ '/version': version, '/info': { SecurityOptions } });
  return await runOn(docker.socket);
}

const runOn = (socket: string) =>
  rootlessCheckIn(sessions).run({ settings: { config: { docker: { socket } } } } as unknown as DoctorContext);

it('accepts a dockerd of root', async () => {
  for (const options of [['name=seccomp,profile=builtin', 'name=cgroupns'], null]) {
    expect((await runWith(DOCKER, options)).facts).toEqual([expect.stringMatching(/runs as root$/)]);
  }
});

it('a rootless dockerd on the configured socket is the fault', async () => {
  await expect(runWith(DOCKER, ROOTLESS)).rejects.toMatchObject({
    code: 'E_ENGINE',
    message: expect.stringMatching(/^Docker on .* is rootless/),
    hint: expect.stringContaining('docker context use default'),
  });
});

it('Podman on the configured socket is the fault, rootless or not', async () => {
  await expect(runWith(PODMAN, ROOTLESS)).rejects.toMatchObject({
    code: 'E_ENGINE',
    message: expect.stringMatching(/^Podman on .* is rootless/),
  });
  await expect(runWith(PODMAN, [])).rejects.toMatchObject({
    code: 'E_ENGINE',
    message: expect.stringMatching(/^Podman answers on/),
    hint: expect.stringContaining('docker.socket'),
  });
});

it('names the rootless engines beside root’s Docker', async () => {
  mkdirSync(join(sessions, '1000', 'podman'), { recursive: true });
  mkdirSync(join(sessions, '1001'));
  writeFileSync(join(sessions, '1000', 'podman', 'podman.sock'), '');
  writeFileSync(join(sessions, '1001', 'docker.sock'), '');
  expect((await runWith(DOCKER, [])).facts.slice(1)).toEqual([
    expect.stringMatching(/^user 1000 has a rootless podman .*cannot use ovn-docker$/),
    expect.stringMatching(/^user 1001 has a rootless dockerd /),
  ]);
});

it('no engine on the socket is the fault', async () => {
  await expect(runOn('/nowhere/docker.sock')).rejects.toMatchObject({ code: 'E_DOCKER_NOT_RUNNING' });
});
