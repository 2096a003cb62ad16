import { readdirSync } from 'node:fs';
import { afterEach } from 'vitest';
import { removeNetnsDirectory } from '../../src/namespace/directory.ts';
import { createNetns, deleteNetns } from '../../src/namespace/named-netns.ts';

/** Creates network namespaces for a test file, and deletes them after each test. */
export function testNamespaces(): { create: () => string; unusedName: () => string } {
  const names: string[] = [];
  let count = 0;
  const unusedName = (): string => `nltest-${process.pid}-${process.hrtime.bigint().toString(36)}-${count++}`;

  afterEach(() => {
    for (const name of names.splice(0)) deleteNetns(name);
    removeNetnsDirectory();
  });

  return {
    unusedName,
    create: () => {
      const name = unusedName();
      const path = createNetns(name);
      names.push(name);
      return path;
    },
  };
}

/** The number of open files of this process. It always includes the directory that this function reads. */
export const openFiles = (): number => readdirSync('/proc/self/fd').length;
