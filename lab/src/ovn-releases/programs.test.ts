import { execFileSync } from 'node:child_process';
import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeCommands } from './programs.ts';

/** A release whose programs are this computer's `cat`, with this computer's loader and libraries. */
const directory = mkdtempSync(join(tmpdir(), 'ovn release '));
const root = join(directory, 'root');
const commands = join(directory, 'bin');

beforeAll(() => {
  const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
  for (const path of [libraries, join(root, 'usr/bin'), commands]) mkdirSync(path, { recursive: true });
  for (const file of globSync('/lib/*-linux-gnu*/{ld-linux*.so.*,libc.so.6}'))
    copyFileSync(file, join(libraries, file.slice(dirname(file).length)));
  copyFileSync('/bin/cat', join(root, 'usr/bin/ovs-vsctl'));
  writeCommands(root, commands);
});
afterAll(() => rmSync(directory, { recursive: true }));

it('a command runs the release’s program with the release’s C library', () => {
  const maps = execFileSync(join(commands, 'ovs-vsctl'), ['/proc/self/maps'], { encoding: 'utf8' });
  const libraries = new Set(maps.match(/\/.*\.so\b.*/g));
  expect([...libraries].filter((file) => !file.startsWith(root))).toEqual([]);
  expect([...libraries].map((file) => file.slice(root.length))).toContain(
    '/usr/lib/x86_64-linux-gnu/libc.so.6',
  );
});

it('a process has the program’s name, not that of the loader', () => {
  const name = execFileSync(join(commands, 'ovs-vsctl'), ['/proc/self/comm'], { encoding: 'utf8' });
  expect(name).toBe('ovs-vsctl\n');
});

it('a command passes arguments with spaces on', () => {
  expect(() => execFileSync(join(commands, 'ovs-vsctl'), ['no such file'], { encoding: 'utf8' })).toThrow(
    /no such file/,
  );
});
