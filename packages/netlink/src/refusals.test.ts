import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testNamespaces } from '../test/support/test-netns.ts';
import { errnoOf, isNetlinkError, NetlinkError } from './errors.ts';

// The errors of the package in child processes without privileges, disk space or the right to more
// namespaces.

const namespaces = testNamespaces();

interface Refusal {
  code: string;
  operation: string;
  hint: string;
  names: string[];
}

/**
 * Runs `work` (JavaScript, with the package as `nl`) by a command. Returns the error and the names in
 * /run/netns.
 */
function refusal(command: readonly string[], work: string): Refusal {
  const source = join(import.meta.dirname, 'index.ts');
  const script = `
    const nl = await import(${JSON.stringify(source)});
    let error = { code: 'none' };
    try { ${work} } catch ({ code, operation, hint }) { error = { code, operation, hint }; }
    console.log(JSON.stringify({ ...error, names: nl.listNetns() }));
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
    expect(created.names).not.toContain(name);

    const existing = namespaces.create().slice('/run/netns/'.length);
    const deleted = refusal(withoutCapabilities, `nl.deleteNetns('${existing}')`);
    expect(deleted).toMatchObject({ ...eperm, operation: `delete network namespace ${existing}` });
    expect(deleted.names).toContain(existing);
  });

  test('reading is allowed', () => {
    expect(refusal(withoutCapabilities, `nl.Rtnetlink.open().links()`).code).toBe('none');
  });
});

describe('createNetns fails and leaves no name', () => {
  const create = `nl.createNetns('nltest-full')`;
  const enospc = { code: 'ENOSPC', operation: 'create network namespace nltest-full', names: [] };

  test('on a full disk', () => {
    // The file system has one inode for its root and one for the directory, but none for the name.
    const full = inPrivateMounts('mount -t tmpfs -o nr_inodes=2 none /run');
    expect(refusal(full, create)).toMatchObject({ ...enospc, hint: expect.stringContaining('no space') });
  });

  test('when the system has reached its limit of namespaces', () => {
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
  test('names the operation, the error and the reason', () => {
    const error = new NetlinkError({
      operation: 'add x',
      errno: errnoOf('EEXIST'),
      kernelMessage: 'x exists',
    });
    expect(error.message).toBe('add x: file already exists: x exists (EEXIST)');
    expect(error).toMatchObject({
      code: 'EEXIST',
      errno: 17,
      operation: 'add x',
      kernelMessage: 'x exists',
    });
  });

  test('has a code and a hint for every error number', () => {
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
