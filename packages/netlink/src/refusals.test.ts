import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testNamespaces } from '../test/support/test-netns.ts';
import { errnoOf, isNetlinkError, NetlinkError } from './errors.ts';

/** What the package says on machines that refuse: run in child processes that lack privileges, space or namespaces. */
const namespaces = testNamespaces();

interface Refusal {
  code: string;
  operation: string;
  hint: string;
  left: string[];
}

/** Runs `work` (JavaScript, with the package as `nl`) behind a command; gives the error and what is left in /run/netns. */
function refusal(command: readonly string[], work: string): Refusal {
  const source = join(import.meta.dirname, 'index.ts');
  const script = `
    const nl = await import(${JSON.stringify(source)});
    let told = { code: 'none' };
    try { ${work} } catch ({ code, operation, hint }) { told = { code, operation, hint }; }
    console.log(JSON.stringify({ ...told, left: nl.listNetns() }));
  `;
  const [file = '', ...args] = [...command, process.execPath, '--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }));
}

const withoutCapabilities = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];
const inPrivateMounts = (prepare: string, ...unshareOptions: string[]) => [
  ...['unshare', '--mount', ...unshareOptions],
  ...['sh', '-ec', `${prepare}; exec "$@"`, 'sh'],
];

describe('without privileges', () => {
  const eperm = { code: 'EPERM', hint: expect.stringContaining('run as root') };

  test.each([
    ['change link lo', `nl.Rtnetlink.open().setLink('lo', { mtu: 65535 })`],
    [
      'create veth nltest-v',
      `nl.Rtnetlink.open().createVeth({ name: 'nltest-v', peer: { name: 'nltest-p' } })`,
    ],
    ['set checksum offload of lo', `nl.setChecksumOffload(undefined, 'lo', true)`],
    ['enter network namespace /proc/self/ns/net', `nl.inNetns('/proc/self/ns/net', () => 1)`],
  ])('%s is refused', (operation, work) => {
    expect(refusal(withoutCapabilities, work)).toMatchObject({ ...eperm, operation });
  });

  test('namespaces are neither created nor deleted', () => {
    const name = namespaces.unusedName();
    const created = refusal(withoutCapabilities, `nl.createNetns('${name}')`);
    expect(created).toMatchObject(eperm);
    expect(created.left).not.toContain(name);

    const there = namespaces.create().slice('/run/netns/'.length);
    const deleted = refusal(withoutCapabilities, `nl.deleteNetns('${there}')`);
    expect(deleted).toMatchObject({ ...eperm, operation: `delete network namespace ${there}` });
    expect(deleted.left).toContain(there);
  });

  test('reading is allowed', () => {
    expect(refusal(withoutCapabilities, `nl.Rtnetlink.open().links()`).code).toBe('none');
  });
});

describe('a namespace is not created, and leaves no name,', () => {
  const create = `nl.createNetns('nltest-full')`;
  const enospc = { code: 'ENOSPC', operation: 'create network namespace nltest-full', left: [] };

  test('on a full disk', () => {
    // One inode for the root of the file system, one for the directory, none for the name.
    const full = inPrivateMounts('mount -t tmpfs -o nr_inodes=2 none /run');
    expect(refusal(full, create)).toMatchObject({ ...enospc, hint: expect.stringContaining('no space') });
  });

  test('when the system has as many as it may have', () => {
    const prepare = 'mount -t tmpfs none /run; echo 0 > /proc/sys/user/max_net_namespaces';
    const limited = inPrivateMounts(prepare, '--user', '--map-root-user');
    expect(refusal(limited, create)).toMatchObject(enospc);
  });

  test('on a read-only file system', () => {
    const readOnly = inPrivateMounts('mount -t tmpfs -o ro none /run');
    expect(refusal(readOnly, create)).toMatchObject({ code: 'EROFS', operation: 'prepare /run/netns' });
  });
});

describe('NetlinkError', () => {
  test('says what was tried, what happened and why', () => {
    const error = new NetlinkError({
      operation: 'add x',
      errno: errnoOf('EEXIST'),
      kernelMessage: 'x is there',
    });
    expect(error.message).toBe('add x: file already exists: x is there (EEXIST)');
    expect(error).toMatchObject({
      code: 'EEXIST',
      errno: 17,
      operation: 'add x',
      kernelMessage: 'x is there',
    });
  });

  test('has a code and a hint for every number', () => {
    for (let errno = 1; errno < 140; errno++) {
      const error = new NetlinkError({ operation: 'test', errno });
      expect(error.code).toMatch(/^E[A-Z0-9]+$/);
      expect(error.hint).not.toBe('');
    }
    expect(new NetlinkError({ operation: 'test', errno: 11 }).code).toBe('EAGAIN');
    expect(new NetlinkError({ operation: 'test', errno: 95 }).code).toBe('EOPNOTSUPP');
  });

  test('is recognized by its codes', () => {
    const error = new NetlinkError({ operation: 'test', errno: errnoOf('ENODEV') });
    expect([isNetlinkError(error), isNetlinkError(error, 'EEXIST', 'ENODEV')]).toEqual([true, true]);
    expect([isNetlinkError(error, 'EEXIST'), isNetlinkError(new Error('ENODEV'))]).toEqual([false, false]);
  });
});
