import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openFiles, testNamespaces } from '../../test/support/test-netns.ts';
import { Rtnetlink } from '../rtnetlink.ts';
import { inNetns } from './in-netns.ts';
import { createNetns, deleteNetns, listNetns } from './named-netns.ts';

const namespaces = testNamespaces();
const failsWith = (code: string, more = {}) =>
  expect.objectContaining({ name: 'NetlinkError', code, ...more });
const ownNetns = () => readlinkSync('/proc/thread-self/ns/net');

describe('a named namespace', () => {
  test('is created, listed and deleted, and the thread stays where it is', () => {
    const before = ownNetns();
    const name = namespaces.unusedName();
    const path = createNetns(name);
    expect(path).toBe(`/run/netns/${name}`);
    expect(listNetns()).toContain(name);
    expect(ownNetns()).toBe(before);
    expect(`net:[${statSync(path).ino}]`).not.toBe(before);
    deleteNetns(name);
    expect(listNetns()).not.toContain(name);
    expect(existsSync(path)).toBe(false);
  });

  test('is visible to ip(8), and one that ip(8) creates is visible to this package', () => {
    const mine = namespaces.unusedName();
    createNetns(mine);
    expect(execFileSync('ip', ['-n', mine, '-br', 'link'], { encoding: 'utf8' })).toMatch(/^lo +DOWN/);
    execFileSync('ip', ['netns', 'delete', mine]);
    expect(listNetns()).not.toContain(mine);

    const theirs = namespaces.unusedName();
    execFileSync('ip', ['netns', 'add', theirs]);
    expect(listNetns()).toContain(theirs);
    deleteNetns(theirs);
    expect(existsSync(`/run/netns/${theirs}`)).toBe(false);
  });

  test('cannot be created twice, nor deleted when it does not exist', () => {
    const name = namespaces.unusedName();
    createNetns(name);
    onTestFinished(() => rmSync(`/run/netns/${name}`, { force: true }));
    expect(() => createNetns(name)).toThrow(
      failsWith('EEXIST', { operation: `create network namespace ${name}` }),
    );
    deleteNetns(name);
    expect(() => deleteNetns(name)).toThrow(
      failsWith('ENOENT', { operation: `delete network namespace ${name}` }),
    );
  });

  test('has one mount, and the directory of all namespaces has one', () => {
    namespaces.create();
    const path = namespaces.create();
    const mounts = () => execFileSync('findmnt', ['-rno', 'TARGET'], { encoding: 'utf8' }).split('\n');
    expect(mounts().filter((target) => target === '/run/netns')).toHaveLength(1);
    expect(mounts().filter((target) => target === path)).toHaveLength(1);
    expect(execFileSync('findmnt', ['-rno', 'PROPAGATION', '/run/netns'], { encoding: 'utf8' })).toBe(
      'shared\n',
    );
  });

  test('can be created and deleted by several processes at once, also with its directory', async () => {
    const source = join(import.meta.dirname, '../index.ts');
    const script = `
      const { createNetns, deleteNetns, removeNetnsDirectory } = await import(${JSON.stringify(source)});
      for (let i = 0; i < 25; i++) {
        createNetns('nltest-' + process.pid);
        deleteNetns('nltest-' + process.pid);
        removeNetnsDirectory();
      }`;
    const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    await Promise.all([run(), run(), run()]);
    expect(listNetns().filter((name) => /^nltest-\d+$/.test(name))).toEqual([]);
  });

  test('whose creation was interrupted can be deleted', () => {
    namespaces.create();
    const name = namespaces.unusedName();
    writeFileSync(`/run/netns/${name}`, '');
    expect(() => inNetns(`/run/netns/${name}`, () => 1)).toThrow(
      failsWith('EINVAL', { message: expect.stringContaining('not a network namespace') }),
    );
    deleteNetns(name);
    expect(listNetns()).not.toContain(name);
  });

  test.each(['', '.', '..', 'a/b', 'a\0b', 'x'.repeat(256)])('cannot be called %j', (name) => {
    expect(() => createNetns(name)).toThrow(failsWith('EINVAL'));
    expect(() => deleteNetns(name)).toThrow(failsWith('EINVAL'));
  });
});

describe('inNetns', () => {
  test('runs work in the namespace and returns its result', () => {
    const path = namespaces.create();
    const before = ownNetns();
    const inside = inNetns(path, ownNetns);
    expect(inside).toBe(`net:[${statSync(path).ino}]`);
    expect(inside).not.toBe(before);
    expect(ownNetns()).toBe(before);
  });

  test('can be nested', () => {
    const [outer, inner] = [namespaces.create(), namespaces.create()];
    const seen = inNetns(outer, () => [ownNetns(), inNetns(inner, ownNetns), ownNetns()]);
    const [a, b] = [outer, inner].map((path) => `net:[${statSync(path).ino}]`);
    expect(seen).toEqual([a, b, a]);
  });

  test('starts processes in the namespace', () => {
    const links = inNetns(namespaces.create(), () =>
      execFileSync('ip', ['-br', 'link'], { encoding: 'utf8' }),
    );
    expect(links.trim().split('\n')).toHaveLength(1);
  });

  test('leaves the namespace when work throws, and throws the same error', () => {
    const path = namespaces.create();
    const before = ownNetns();
    const thrown = new Error('by work');
    const failing = () => {
      throw thrown;
    };
    expect(() => inNetns(path, failing)).toThrow(thrown);
    expect(ownNetns()).toBe(before);
  });

  test('refuses work that returns a promise', () => {
    const path = namespaces.create();
    const before = ownNetns();
    expect(() => inNetns(path, async () => {})).toThrow(failsWith('EINVAL'));
    expect(() => inNetns(path, () => Promise.reject(new Error('by work')))).toThrow(failsWith('EINVAL'));
    expect(ownNetns()).toBe(before);
  });

  test('refuses a path that does not exist or is not a network namespace', () => {
    expect(() => inNetns('/run/netns/nltest-none', () => 1)).toThrow(failsWith('ENOENT'));
    expect(() => inNetns('/dev/null', () => 1)).toThrow(failsWith('EINVAL'));
    expect(() => inNetns('/proc/thread-self/ns/uts', () => 1)).toThrow(failsWith('EINVAL'));
  });
});

test('no call leaves a file open, not even when it fails', () => {
  const [path, other] = [namespaces.create(), namespaces.create()];
  const attempt = (work: () => unknown) => {
    try {
      work();
    } catch {}
  };
  const everything = () => {
    using rtnl = Rtnetlink.open(path);
    rtnl.createVeth({ name: 'veth0', peer: { name: 'eth0', netns: other } });
    attempt(() => rtnl.createVeth({ name: 'veth0', peer: { name: 'eth0', netns: other } }));
    attempt(() => rtnl.setLink('missing', { netns: other }));
    rtnl.deleteLink('veth0');
    attempt(() => inNetns(path, () => Promise.resolve()));
    attempt(() => inNetns('/dev/null', () => 1));
    attempt(() => Rtnetlink.open('/dev/null'));
    const name = namespaces.unusedName();
    createNetns(name);
    attempt(() => createNetns(name));
    deleteNetns(name);
  };
  everything();
  const before = openFiles();
  for (let i = 0; i < 20; i++) everything();
  expect(openFiles()).toBe(before);
});
