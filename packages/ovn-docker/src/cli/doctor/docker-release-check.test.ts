import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DoctorContext } from './context.ts';
import { dockerReleaseCheck, hasComposeV1 } from './docker-release-check.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'compose-'));
  vi.stubEnv('PATH', directory);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

const run = (dockerRelease: string) =>
  dockerReleaseCheck.run({ findings: { dockerRelease } } as unknown as DoctorContext);

function install(text: string, folder = directory): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'docker-compose'), text);
  chmodSync(join(folder, 'docker-compose'), 0o755);
}

it('says that no defect is known', async () => {
  expect(await run('20.10.24+dfsg1')).toEqual({
    facts: ['no defect of 20.10.24+dfsg1 is known'],
    warnings: [],
  });
});

it('warns of each defect, with what to do', async () => {
  install('#!/usr/bin/python3\n');
  expect((await run('28.5.2')).warnings).toEqual([
    { message: expect.stringContaining('::ffff:ADDRESS'), hint: expect.stringContaining('29.1') },
    { message: expect.stringContaining('ContainerConfig'), hint: expect.stringContaining('Compose 2') },
  ]);
});

it('recognises docker-compose 1 by its interpreter, the first of the search path', async () => {
  expect(await hasComposeV1(`/nowhere:${directory}`)).toBe(false);
  install('\x7fELF');
  install('#!/usr/bin/python3\n', join(directory, 'second'));
  expect(await hasComposeV1(`${directory}:${join(directory, 'second')}`)).toBe(false);
  expect(await hasComposeV1(`${join(directory, 'second')}:${directory}`)).toBe(true);
});
