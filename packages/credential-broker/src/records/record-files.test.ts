import { chownSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createOnce } from './record-files.ts';

/** A user and group that need not exist. */
const [USER, GROUP] = [4711, 4712];

it.runIf(process.getuid?.() === 0)(
  'what a command of root creates belongs to the service, folders too: the service must read it',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'broker-records-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    chownSync(folder, USER, GROUP);
    await createOnce(join(folder, 'invitations/of/a.json'), '{}');
    for (const path of ['invitations', 'invitations/of', 'invitations/of/a.json']) {
      const { uid, gid, mode } = statSync(join(folder, path));
      expect([path, uid, gid, mode & 0o077]).toEqual([path, USER, GROUP, 0]);
    }
  },
);
