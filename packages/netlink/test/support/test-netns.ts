import { readdirSync } from 'node:fs';
import { afterEach } from 'vitest';
import { removeNetnsDirectory } from '../../src/namespace/directory.ts';
import { createNetns, deleteNetns } from '../../src/namespace/named-netns.ts';

/** For tests only: network namespaces that are gone after each test. */
export function testNamespaces(): { create: () => string; unusedName: () => string } {
  const names: string[] = [];
  let made = 0;
  const unusedName = (): string => `nltest-${process.pid}-${process.hrtime.bigint().toString(36)}-${made++}`;

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

/** Open files of this process. Reading the directory opens one more, every time. */
export const openFiles = (): number => readdirSync('/proc/self/fd').length;
