import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { Files } from '../machine/files.ts';
import type { Machine } from '../machine/machine.ts';
import { RunLock } from './run-lock.ts';

function createMachine(): { machine: Machine; directory: string } {
  const root = mkdtempSync(join(tmpdir(), 'run-lock-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const machine = { files: new Files(root), pause: () => setImmediate() } as unknown as Machine;
  return { machine, directory: join(root, 'run/ovn-docker-init') };
}

it('a second run is refused while the first one has the lock, and can begin after it', async () => {
  const { machine } = createMachine();
  const lock = await RunLock.acquire(machine);
  await expect(RunLock.acquire(machine)).rejects.toMatchObject({ code: 'E_INIT_BUSY' });
  const waiting = RunLock.wait(machine);
  lock[Symbol.dispose]();
  using next = await waiting;
  await expect(RunLock.acquire(machine)).rejects.toMatchObject({ code: 'E_INIT_BUSY' });
  expect(next).toBeInstanceOf(RunLock);
});

it('the process that watches a run sees its end', async () => {
  const { machine } = createMachine();
  expect(await RunLock.watch(machine)).toBeUndefined();
  const lock = await RunLock.acquire(machine);
  const watched = await RunLock.watch(machine);
  await lock.untilGuarded();
  if (!watched) throw new Error('nothing to watch');
  const ended = once(watched, 'close');
  lock[Symbol.dispose]();
  await ended;
  expect(await RunLock.watch(machine)).toBeUndefined();
});

it('only root can enter the directory of the lock, and what a killed process left there is no lock', async () => {
  const { machine, directory } = createMachine();
  (await RunLock.acquire(machine))[Symbol.dispose]();
  writeFileSync(join(directory, 'socket'), '');
  using _lock = await RunLock.acquire(machine);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});
