import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listNetns } from '@ovn-docker/netlink';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MachinePlaces } from '../layout.ts';
import { findKeeper, removeKeeper, startKeeper } from './keeper.ts';
import { Machine } from './machine.ts';
import { waitFor } from './process.ts';

/** Each test has its own machine, outside any lab. */
let scratch: string;
let machine: Machine;

beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'machine-test-'));
  const netnsName = `mtest${process.pid}`;
  const places: MachinePlaces = {
    run: join(scratch, 'run'),
    data: join(scratch, 'data'),
    logs: join(scratch, 'data', 'log'),
    netnsName,
    netns: `/run/netns/${netnsName}`,
    keeperFile: join(scratch, 'keeper'),
    cgroup: netnsName,
  };
  mkdirSync(places.run);
  machine = new Machine('tester', places);
  await startKeeper(machine.name, places);
});

afterEach(async () => {
  await removeKeeper(machine.places);
  rmSync(scratch, { recursive: true, force: true });
});

it('a machine has its own name, processes, interfaces and /run', async () => {
  expect(await machine.must(['hostname'])).toBe('tester\n');
  expect(await machine.must(['cat', '/proc/1/comm'])).toBe('sleep\n');
  expect(await machine.must(['ls', '/sys/class/net'])).toBe('lo\n');
  await machine.must(['touch', '/run/here', '/etc/here-too']);
  expect(existsSync(join(machine.places.run, 'here'))).toBe(true);
  expect(existsSync('/etc/here-too')).toBe(false);
});

it('run returns how a command ended; the error of must contains no option of it', async () => {
  const command = ['sh', '-c', 'cat; echo out; echo err >&2; exit 3'];
  expect(await machine.run(command, { input: 'in ' })).toEqual({
    code: 3,
    stdout: 'in out\n',
    stderr: 'err\n',
  });
  const failing = machine.must(['false', '--token=secret']);
  await expect(failing).rejects.toMatchObject({
    code: 'LAB_STEP',
    message: expect.not.stringContaining('secret'),
  });
});

it('a timeout ends a command and all its children', async () => {
  const { code } = await machine.run(['sh', '-c', 'echo $$ > /run/child; sleep 1000; true'], {
    timeoutMs: 500,
  });
  expect(code).not.toBe(0);
  await waitFor(
    'the end of the command',
    async () => (await machine.must(['ps', '-e', '-o', 'args='])).includes('sleep 1000') === false,
  );
});

it('a machine reaps the orphans of its daemons', async () => {
  await machine.start('short', ['sleep', '1000']);
  await machine.stop('short');
  expect(await machine.must(['sh', '-c', 'ps -e -o stat= | grep -c Z || true'])).toBe('0\n');
});

it('the end of the first process ends the machine, which can be removed twice', async () => {
  const daemon = machine.start('daemon', ['sleep', '1000']);
  await daemon;
  const keeper = findKeeper(machine.places);
  expect(keeper).toBeDefined();
  process.kill(keeper?.pid ?? 0, 'SIGKILL');
  await waitFor('the end of the machine', () => !machine.isUp);
  await removeKeeper(machine.places);
  await removeKeeper(machine.places);
  expect(listNetns()).not.toContain(machine.places.netnsName);
});
